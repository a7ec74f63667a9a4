using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Routing;

/// <summary>Takes sessions' filters to the shards that must hold them, and out of them again.</summary>
internal sealed partial class RouteRegistrar(
    IGrainFactory grains, ShardSpace space, ILocalSiloDetails self, LocalShards shards, NodeRoutes nodes, BrokerClock clock, ILogger<RouteRegistrar> logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan MovingDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>One call per shard for all wishes; a shard that is not reached within the limit fails those that concern it.</summary>
    /// <param name="connection">At whose node filters below $SYS are registered; null when there is none, and they are then nowhere.</param>
    public async Task<Registration> RegisterAsync(
        string clientId, long incarnation, bool isDurable, IReadOnlyList<RouteWish> wishes, ISessionConnection? connection, TimeSpan limit)
    {
        var answers = await Task.WhenAll(ByShard(wishes).Select(async shard =>
        {
            RouteRecord[] records = [.. shard.Value.Select(i => ToRecord(clientId, incarnation, isDurable, wishes[i].Subscription, wishes[i].SendRetained))];
            return (Shard: shard.Key, Wishes: shard.Value, Answer: await TryRegisterAsync(shard.Key, connection, records, limit));
        }));
        var registered = new bool[wishes.Count];
        Array.Fill(registered, true);
        List<RetainedGiven>? retained = null;
        foreach (var (shard, indexes, (isRegistered, giver)) in answers)
        {
            foreach (var index in indexes)
            {
                registered[index] &= isRegistered;
                if (giver is not null && wishes[index].SendRetained) (retained ??= []).Add(new RetainedGiven(shard, giver, wishes[index].Subscription));
            }
        }

        return new Registration(registered, retained);
    }

    /// <summary>Registers subscriptions with one shard alone, which gives the retained messages that match once more.</summary>
    /// <returns>Whether the shard has committed them, and the silo that has retained messages for them; null for none.</returns>
    public Task<(bool IsRegistered, SiloAddress? Giver)> AskAgainAsync(
        int shard, string clientId, long incarnation, bool isDurable, IReadOnlyList<Subscription> subscriptions, ISessionConnection connection, TimeSpan limit) =>
        TryRegisterAsync(shard, connection, [.. subscriptions.Select(subscription => ToRecord(clientId, incarnation, isDurable, subscription, sendRetained: true))], limit);

    /// <summary>The shards that hold the subscription's route.</summary>
    public IEnumerable<int> ShardsOf(Subscription subscription) => space.OfFilter(subscription.Filter);

    /// <summary>Removes routes, again and again until every shard has confirmed (invariant B13). Never fails; goes on outside the caller's turns.</summary>
    /// <param name="connection">At whose node filters below $SYS were registered; null when they are there no more.</param>
    public Task RemoveAsync(string clientId, long incarnation, IReadOnlyList<Subscription> subscriptions, ISessionConnection? connection) => Task.Run(async () =>
    {
        var wishes = subscriptions.Select(static subscription => new RouteWish(subscription, SendRetained: false)).ToArray();
        await Task.WhenAll(ByShard(wishes).Select(shard => RemoveAsync(
            shard.Key, connection, [.. shard.Value.Select(i => ToRecord(clientId, incarnation, isDurable: false, wishes[i].Subscription, sendRetained: false))])));
    });

    /// <summary>The session has a connection: groups that hold messages for want of one offer them again.</summary>
    public void AnnounceConnected(string clientId, IReadOnlyList<Subscription> shared) => _ = Task.Run(() =>
    {
        foreach (var subscription in shared)
        {
            // A node's groups hear of their members by the registration that follows each connection.
            foreach (var shard in space.OfFilter(subscription.Filter).Where(static shard => shard != ShardSpace.Node)) _ = AnnounceAsync(shard, clientId, subscription);
        }
    });

    /// <summary>A session of this silo refused a match: the route that brought it goes.</summary>
    public void Gone(Publication publication, RouteMatch match)
    {
        var topic = publication.Body.AsMemory()[..publication.TopicLength];
        var shard = space.OfTopic(topic.Span);
        if (shard == ShardSpace.Node) nodes.Gone(topic, match);
        else if (shards.Find(shard) is { } monitor) _ = monitor.RemoveStaleAsync(topic, match);
        else _ = Task.Run(() => grains.GetGrain<ITopicGrain>(shard).GoneAsync(topic.ToArray(), match.Receiver.ClientId, MatchRecord.From(match)).AsTask());
    }

    private Dictionary<int, List<int>> ByShard(IReadOnlyList<RouteWish> wishes)
    {
        var byShard = new Dictionary<int, List<int>>();
        for (var i = 0; i < wishes.Count; i++)
        {
            foreach (var shard in space.OfFilter(wishes[i].Subscription.Filter))
            {
                if (!byShard.TryGetValue(shard, out var indexes)) byShard[shard] = indexes = [];
                indexes.Add(i);
            }
        }

        return byShard;
    }

    private async Task<(bool IsRegistered, SiloAddress? Giver)> TryRegisterAsync(int shard, ISessionConnection? connection, RouteRecord[] records, TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit, clock.TimeProvider);
        while (true)
        {
            try
            {
                var registered = shard == ShardSpace.Node ? nodes.RegisterAsync(connection, records) : grains.GetGrain<ITopicGrain>(shard).RegisterAsync(records).AsTask();
                return (true, await registered.WaitAsync(over.Token));
            }
            catch (Exception exception) when (over.IsCancellationRequested || exception is not (OrleansException or OperationCanceledException))
            {
                // One shard that is not reached in time, or fails of it, and the filter is refused as a whole.
                LogNotRegistered(exception, records[0].ClientId, shard);
                return (false, null);
            }
            catch (Exception)
            {
                // Its silo has just died, or it is on its way to another: it is there in a moment. A look-up in the directory that a death interrupts says that it was cancelled.
                await Task.Delay(MovingDelay, clock.TimeProvider);
            }
        }
    }

    private async Task RemoveAsync(int shard, ISessionConnection? connection, RouteRecord[] records)
    {
        if (shard == ShardSpace.Node)
        {
            await nodes.RemoveAsync(connection, records);
            return;
        }

        while (true)
        {
            try
            {
                await grains.GetGrain<ITopicGrain>(shard).RemoveAsync(records);
                return;
            }
            catch (Exception exception)
            {
                // Whatever the shard is missing for now: the route must go, and a stale one is refused meanwhile.
                LogNotRemoved(exception, records[0].ClientId, shard);
                await Task.Delay(RetryDelay, clock.TimeProvider);
            }
        }
    }

    private async Task AnnounceAsync(int shard, string clientId, Subscription subscription)
    {
        try
        {
            await grains.GetGrain<ITopicGrain>(shard).MemberConnectedAsync(clientId, [subscription.Filter.Text], self.SiloAddress);
        }
        catch (Exception exception)
        {
            // The shard is being opened elsewhere: what its group holds is offered when the next member comes.
            LogNotAnnounced(exception, clientId, shard);
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
        self.SiloAddress)
    {
        Parsed = subscription.Filter,
    };

    [LoggerMessage(2201, LogLevel.Warning, "Shard {Shard} not reached to remove routes of session {ClientId}; tried again")]
    private partial void LogNotRemoved(Exception exception, string clientId, int shard);

    [LoggerMessage(2203, LogLevel.Warning, "Shard {Shard} not reached with routes of session {ClientId}")]
    private partial void LogNotRegistered(Exception exception, string clientId, int shard);

    [LoggerMessage(2204, LogLevel.Warning, "Shard {Shard} not told that session {ClientId} is connected")]
    private partial void LogNotAnnounced(Exception exception, string clientId, int shard);
}
