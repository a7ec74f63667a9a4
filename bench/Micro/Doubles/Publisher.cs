using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Micro.Doubles;

/// <summary>Counts what is done.</summary>
internal sealed class Publisher : IPublisher
{
    public long Done { get; private set; }

    public void Deferred(Publication publication) => Done--;

    public void Settled(Publication publication, ReasonCode reason) => Done++;
}
