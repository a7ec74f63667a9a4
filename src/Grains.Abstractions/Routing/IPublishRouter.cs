using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Grains.Routing;

/// <summary>The routing seam: takes a publication to the shard of its topic, wherever that is.</summary>
public interface IPublishRouter
{
    /// <summary>
    /// Hands the publication to its shard: entered directly when the shard is on this silo, sent otherwise. Returns at
    /// once; publications of one thread to one shard keep their order. When it is done the publisher named
    /// by <see cref="Publication.PublishedBy"/> is told.
    /// </summary>
    void Publish(Publication publication);
}
