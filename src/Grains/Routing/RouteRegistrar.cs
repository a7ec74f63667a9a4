using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Routing;

/// <summary>Takes sessions' filters to the shards that must hold them, and out of them again.</summary>
internal sealed partial class RouteRegistrar(
    IGrainFactory grains, ShardSpace space, ILocalSiloDetails self, LocalShards shards, BrokerClock clock, ILogger<RouteRegistrar> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Completes when every shard has committed the route; fails when one cannot be reached.</summary>
    public Task RegisterAsync(string clientId, long incarnation, bool isDurable, Subscription subscription, bool sendRetained)
    {
        var record = ToRecord(clientId, incarnation, isDurable, subscription, sendRetained);
        return Task.WhenAll(space.OfFilter(subscription.Filter).Select(shard => grains.GetGrain<ITopicGrain>(shard).RegisterAsync([record]).AsTask()));
    }

    /// <summary>Removes routes, again and again until every shard has confirmed (invariant B13). Never fails.</summary>
    public async Task RemoveAsync(string clientId, long incarnation, IReadOnlyList<Subscription> subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            var record = ToRecord(clientId, incarnation, isDurable: false, subscription, sendRetained: false);
            await Task.WhenAll(space.OfFilter(subscription.Filter).Select(shard => RemoveAsync(shard, record)));
        }
    }

    /// <summary>The session has a connection: groups that hold messages for want of one offer them again.</summary>
    public void AnnounceConnected(string clientId, IReadOnlyList<Subscription> shared)
    {
        foreach (var subscription in shared)
        {
            foreach (var shard in space.OfFilter(subscription.Filter)) _ = AnnounceAsync(shard, clientId, subscription);
        }
    }

    /// <summary>A session of this silo refused a match: the route that brought it goes.</summary>
    public void Gone(Publication publication, RouteMatch match) =>
        shards.Find(space.OfTopic(publication.Topic))?.RemoveStale(publication.Body[..publication.TopicLength], match);

    private async Task RemoveAsync(int shard, RouteRecord record)
    {
        while (true)
        {
            try
            {
                await grains.GetGrain<ITopicGrain>(shard).RemoveAsync([record]);
                return;
            }
            catch (Exception exception)
            {
                // Whatever the shard is missing for now: the route must go, and a stale one is refused meanwhile.
                LogNotRemoved(exception, record.ClientId, shard);
                await Task.Delay(RetryDelay, clock.TimeProvider);
            }
        }
    }

    private async Task AnnounceAsync(int shard, string clientId, Subscription subscription)
    {
        try
        {
            await grains.GetGrain<ITopicGrain>(shard).MemberConnectedAsync(clientId, [subscription.Filter.Text]);
        }
        catch (Exception exception)
        {
            // The shard is being opened elsewhere: what its group holds is offered when the next member comes.
            LogNotRemoved(exception, clientId, shard);
        }
    }

    private RouteRecord ToRecord(string clientId, long incarnation, bool isDurable, Subscription subscription, bool sendRetained) => new(
        clientId,
        subscription.Filter.Text,
        incarnation,
        subscription.Version,
        (byte)subscription.Options.QoS,
        subscription.Options.NoLocal,
        subscription.Options.RetainAsPublished,
        subscription.Options.Identifier,
        isDurable,
        sendRetained,
        self.SiloAddress);

    [LoggerMessage(2201, LogLevel.Warning, "Shard {Shard} not reached for routes of session {ClientId}; tried again")]
    private partial void LogNotRemoved(Exception exception, string clientId, int shard);
}
