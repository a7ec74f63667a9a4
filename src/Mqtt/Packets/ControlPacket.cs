namespace OrleansBroker.Mqtt.Packets;

/// <summary>
/// A packet that is decoded into an object: all but PUBLISH and its acknowledgements, which are views on the received bytes, and the pings.
/// One model serves all versions; what a version does not have keeps its default. Records compare lists and arrays by reference.
/// </summary>
public abstract record ControlPacket
{
    private protected ControlPacket()
    {
    }

    public abstract PacketType Type { get; }
}
