namespace OrleansBroker.TestKit;

/// <summary>SUBACK or UNSUBACK with one code for each filter.</summary>
public sealed record SubAckFrame(int PacketIdentifier, byte[] ReasonCodes, PropertyList Properties);
