using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Routing;

namespace OrleansBroker.Micro.Doubles;

/// <summary>Every message is done at once.</summary>
internal sealed class SettlingRouter : IPublishRouter
{
    public void Publish(Publication publication) => publication.Settle(PartOutcome.Done);
}
