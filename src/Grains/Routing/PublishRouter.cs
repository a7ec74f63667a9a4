using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Routing;

/// <summary>A publication's way to its shard: straight into the monitor when the shard is here, by a FIFO of grain calls when it is not.</summary>
internal sealed class PublishRouter(ShardSpace space, LocalShards shards, ShardDetours detours) : IPublishRouter
{
    public void Publish(Publication publication)
    {
        var shard = space.OfTopic(publication.Topic);
        if (shards.Find(shard) is { } monitor && !detours.IsOn(shard)) monitor.Publish(publication);
        else detours.Publish(shard, publication);
    }
}
