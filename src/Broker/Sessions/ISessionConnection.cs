using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// A session's way to its client: the connection itself when it is on this silo, or its stand-in for another
/// gateway. Every method appends to the connection's output in call order, may be called under the session's
/// monitor, and neither blocks nor does I/O. One object stands for one network connection, so what an older
/// epoch sends can never reach a newer connection.
/// </summary>
public interface ISessionConnection
{
    /// <summary>Identifies the connection on its gateway.</summary>
    long ConnectionId { get; }

    /// <summary>
    /// The connection is on another silo, whose gateway queues what a transient session sends and holds it to the client's Receive Maximum itself: nothing of such a session
    /// may be on its own silo alone (invariant B8). It settles <see cref="OutboundPublish.Part"/> when its gateway has the message.
    /// </summary>
    bool QueuesItself => false;

    /// <summary>Appends a PUBLISH, encoded for the connection's protocol version.</summary>
    /// <returns><see cref="SendOutcome.Full"/> appends nothing.</returns>
    SendOutcome Publish(in OutboundPublish publish);

    /// <summary>Appends PUBACK, PUBREC, PUBREL or PUBCOMP.</summary>
    void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason);

    void SubAck(SubAckPacket packet);

    void UnsubAck(UnsubAckPacket packet);

    /// <summary>All retained messages that a SUBACK on this connection has promised have been appended. Not for the client: for a gateway that remembers what is owed (invariant B8).</summary>
    /// <param name="version">Of the subscription; it may have been replaced or have ended meanwhile.</param>
    void RetainedSent(uint version)
    {
        // What is owed by a session of the connection's own silo ends with both.
    }

    /// <summary>
    /// Ends the connection from the session's side (takeover, keep-alive, management, shutdown): a DISCONNECT
    /// with the reason for 5.0 clients, then close. The gateway makes no further call to the session for it.
    /// </summary>
    void Close(ReasonCode reason);

    /// <summary>As <see cref="Close"/>, and a 5.0 client is told which server to use instead (MQTT5 section 4.13).</summary>
    void Redirect(ReasonCode reason, string serverReference) => Close(reason);
}
