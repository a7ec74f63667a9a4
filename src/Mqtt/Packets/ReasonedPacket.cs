namespace OrleansBroker.Mqtt.Packets;

/// <summary>A packet with the two diagnostic properties, which yield when the packet would otherwise be too large (5.0 only).</summary>
public abstract record ReasonedPacket : ControlPacket
{
    private protected ReasonedPacket()
    {
    }

    public string? ReasonString { get; init; }

    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
