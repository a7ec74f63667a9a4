namespace OrleansBroker.TestKit;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP; the reason is success where the packet leaves it out.</summary>
public sealed record AckFrame(PacketType Type, int PacketIdentifier, byte ReasonCode, PropertyList Properties);
