using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Waits for a will to be done, so that its record can go.</summary>
internal sealed class WillPublisher(SessionMonitor session) : IPublisher
{
    public void Deferred(Publication publication)
    {
        // One will per session: nothing to bound.
    }

    public void Settled(Publication publication, ReasonCode reason)
    {
        // A QoS 0 will left the journal when it was published.
        if (publication.QoS > QoS.AtMostOnce) session.WillSettled(publication, reason);
    }
}
