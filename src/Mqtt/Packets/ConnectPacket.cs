namespace OrleansBroker.Mqtt.Packets;

/// <summary>CONNECT (MQTT5 section 3.1). What is absent on the wire has the default that the standard gives it.</summary>
public sealed record ConnectPacket : ControlPacket
{
    public override PacketType Type => PacketType.Connect;

    public required ProtocolVersion Version { get; init; }

    /// <summary>Empty when the server is to assign one.</summary>
    public required string ClientId { get; init; }

    /// <summary>Clean Start; in 3.x Clean Session.</summary>
    public required bool CleanStart { get; init; }

    /// <summary>0 = no keep-alive.</summary>
    public ushort KeepAliveSeconds { get; init; }

    public bool HasSessionExpiry { get; init; }

    /// <summary>
    /// 0 = the session ends with the connection, <see cref="uint.MaxValue"/> = never.
    /// In 3.x it follows from Clean Session: 1 gives 0, 0 gives never (MQTT5 section 3.1.2.11.2).
    /// </summary>
    public uint SessionExpiryIntervalSeconds { get; init; }

    public ushort ReceiveMaximum { get; init; } = ushort.MaxValue;

    /// <summary>Bytes of the whole packet that the client accepts; <see cref="uint.MaxValue"/> = no limit.</summary>
    public uint MaximumPacketSize { get; init; } = uint.MaxValue;

    public ushort TopicAliasMaximum { get; init; }

    public bool RequestResponseInformation { get; init; }

    public bool RequestProblemInformation { get; init; } = true;

    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];

    public string? AuthenticationMethod { get; init; }

    public byte[]? AuthenticationData { get; init; }

    public string? UserName { get; init; }

    public byte[]? Password { get; init; }

    public WillPacket? Will { get; init; }
}
