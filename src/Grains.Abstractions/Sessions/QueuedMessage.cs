namespace OrleansBroker.Grains.Sessions;

/// <summary>A message of a session's queue. Times are UTC milliseconds, 0 for none or not known.</summary>
[GenerateSerializer, Immutable, Alias("broker.QueuedMessage")]
public sealed record QueuedMessage
{
    /// <summary>Order in the session; rises with every message that it takes.</summary>
    [Id(0)] public required long Sequence { get; init; }

    /// <summary>Null when only the acknowledgements are left of it.</summary>
    [Id(1)] public string? Topic { get; init; }

    /// <summary>That it is delivered with.</summary>
    [Id(2)] public byte QoS { get; init; }

    [Id(3)] public bool Retain { get; init; }

    [Id(4)] public int PayloadBytes { get; init; }

    /// <summary>End of its Message Expiry Interval.</summary>
    [Id(5)] public long ExpiresAt { get; init; }

    [Id(6)] public long QueuedAt { get; init; }

    /// <summary>0 for one that waits.</summary>
    [Id(7)] public ushort PacketIdentifier { get; init; }

    /// <summary>Client id of its publisher.</summary>
    [Id(8)] public string? Publisher { get; init; }

    /// <summary>Only where asked for.</summary>
    [Id(9)] public byte[]? Payload { get; init; }
}
