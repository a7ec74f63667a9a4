using System.Net;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A network connection as the silo sees it: what a session sends, and what only its gateway knows.</summary>
public interface IGatewayConnection : ISessionConnection
{
    /// <summary>
    /// The session has taken the connection: CONNACK is appended, and packets are accepted from now on. Called
    /// before anything else the session sends, so nothing overtakes CONNACK [MQTT5-3.2.0-1].
    /// </summary>
    void Attached(ISessionEntry session, ConnAckPacket packet);

    /// <summary>The client has closed its side already, whatever of its packets is still to be read. Asks the system; any thread.</summary>
    bool HasClientHungUp { get; }

    /// <summary>
    /// Monotonic milliseconds of this silo's clock at which the last complete control packet arrived; now while
    /// the broker itself does not read the socket, as that time does not count against keep-alive.
    /// </summary>
    long LastPacketMilliseconds { get; }

    /// <summary>Monotonic milliseconds of this silo's clock at which the network accepted it.</summary>
    long AcceptedAtMilliseconds { get; }

    /// <summary>Where it comes from; null where the transport knows none. Made for who asks.</summary>
    IPEndPoint? Remote { get; }

    /// <summary>PUBLISH packets from the client, as of its last turn.</summary>
    long MessagesReceived { get; }

    /// <summary>PUBLISH packets handed to the network.</summary>
    long MessagesSent { get; }
}
