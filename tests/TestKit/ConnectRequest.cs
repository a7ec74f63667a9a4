namespace OrleansBroker.TestKit;

/// <summary>What a CONNECT says. Properties are written for 5.0 only.</summary>
public sealed record ConnectRequest(MqttVersion Version, string ClientId)
{
    /// <summary>Clean Session in 3.1 and 3.1.1.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>Seconds; 0 switches it off.</summary>
    public int KeepAlive { get; init; }

    public string? UserName { get; init; }

    public byte[]? Password { get; init; }

    public WillRequest? Will { get; init; }

    public IReadOnlyList<byte[]> Properties { get; init; } = [];

    /// <summary>A session that outlives its connection: 3.x by Clean Session 0, 5.0 by an expiry of this many seconds.</summary>
    public static ConnectRequest Persistent(MqttVersion version, string clientId, uint expirySeconds = 300) =>
        new(version, clientId) { CleanStart = false, Properties = [Property.SessionExpiryInterval(expirySeconds)] };

    public byte[] ToBytes()
    {
        var body = new ByteBuilder()
            .Utf8(Version == MqttVersion.V31 ? "MQIsdp" : "MQTT")
            .Byte((int)Version)
            .Byte(Flags())
            .UInt16(KeepAlive);
        if (Version == MqttVersion.V50)
            body.Properties(Properties);
        body.Utf8(ClientId);
        if (Will is not null)
        {
            if (Version == MqttVersion.V50)
                body.Properties(Will.Properties);
            body.Utf8(Will.Topic).Binary(Will.Payload);
        }

        if (UserName is not null)
            body.Utf8(UserName);
        if (Password is not null)
            body.Binary(Password);
        return body.ToPacket(0x10);
    }

    private int Flags()
    {
        var flags = CleanStart ? 0x02 : 0;
        if (Will is not null)
            flags |= 0x04 | (Will.QoS << 3) | (Will.Retain ? 0x20 : 0);
        if (Password is not null)
            flags |= 0x40;
        if (UserName is not null)
            flags |= 0x80;
        return flags;
    }
}
