using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Routing;

/// <summary>A publication's way to its shard: straight into the monitor when the shard is here, by its route when it is not.</summary>
internal sealed class PublishRouter(ShardSpace space, LocalShards shards, ShardRoutes routes, BrokerCounters counters) : IPublishRouter
{
    public void Publish(Publication publication)
    {
        var shard = space.OfTopic(publication.Topic);
        if (shard == ShardSpace.Node) Refuse(publication);
        // One that is closing hands it on itself, behind what waits in it.
        else if (shards.Find(shard) is { } monitor && (!routes.IsOn(shard) || monitor.IsClosed)) monitor.Publish(publication);
        else routes.Publish(shard, publication);
    }

    /// <summary>What a node says below $SYS goes to its own shard, not through here; whoever else comes with such a topic was to be refused before.</summary>
    private void Refuse(Publication publication)
    {
        counters.Drop(DropReason.NotAuthorized);
        publication.Settle(PartOutcome.Refused);
    }
}
