using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Sessions;

/// <summary>An incoming QoS 2 exchange at a gateway.</summary>
/// <param name="Order">Place of its last packet among the client's.</param>
/// <param name="Number">Of the message on this connection, from 1.</param>
/// <param name="Publication">The message until its PUBREC has passed; null afterwards.</param>
/// <param name="IsReleased">The client's PUBREL has passed, PUBCOMP has not.</param>
public readonly record struct HeldInbound(ushort PacketIdentifier, long Order, long Number, Publication? Publication, bool IsReleased);
