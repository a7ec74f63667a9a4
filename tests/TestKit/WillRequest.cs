namespace OrleansBroker.TestKit;

/// <summary>The will of a <see cref="ConnectRequest"/>. Properties are written for 5.0 only.</summary>
public sealed record WillRequest(string Topic, byte[] Payload)
{
    public int QoS { get; init; }

    public bool Retain { get; init; }

    public IReadOnlyList<byte[]> Properties { get; init; } = [];
}
