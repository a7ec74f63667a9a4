using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Routing;

/// <summary>A publication's way to its shard: straight into the monitor when the shard is here, by a FIFO of grain calls when it is not.</summary>
internal sealed class PublishRouter(ShardSpace space, LocalShards shards, ShardDetours detours, BrokerCounters counters) : IPublishRouter
{
    public void Publish(Publication publication)
    {
        counters.Received();
        var shard = space.OfTopic(publication.Topic);
        if (shards.Find(shard) is { } monitor && !detours.IsOn(shard)) monitor.Publish(publication);
        else detours.Publish(shard, publication);
    }
}
