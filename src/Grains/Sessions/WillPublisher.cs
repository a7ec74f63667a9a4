using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Waits for a will to be done, so that its record can go.</summary>
internal sealed class WillPublisher(SessionMonitor session) : IPublisher
{
    public void Deferred(Publication publication)
    {
        // One will per session: nothing to bound.
    }

    public void Settled(Publication publication, ReasonCode reason) => session.WillSettled();
}
