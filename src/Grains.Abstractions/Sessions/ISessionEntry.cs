using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// A connection's way into its session on the hot path: the session's monitor itself when it is on this silo,
/// or a stand-in that sends to the session's silo. Calls are taken in order, return at once, and answer false when the
/// session is no longer here (closed monitor, lost silo): the connection must then close. A call of a
/// connection that the session has replaced is ignored.
/// </summary>
public interface ISessionEntry
{
    /// <summary>The client's PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    bool Acknowledge(ISessionConnection connection, PacketType type, ushort packetIdentifier, ReasonCode reason);

    /// <summary>An incoming QoS 2 PUBLISH; the session remembers the identifier, hands the message on and answers PUBREC.</summary>
    bool PublishExactlyOnce(ISessionConnection connection, Publication publication);

    /// <summary>An incoming QoS 2 PUBLISH has waited for its PUBREC too long: refuses it with 0x97 and forgets it, unless it has been received meanwhile.</summary>
    bool RefuseOverdue(ISessionConnection connection, ushort packetIdentifier);

    /// <summary>The output that answered <see cref="SendOutcome.Full"/> has room again.</summary>
    bool OutputDrained(ISessionConnection connection);
}
