using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Routing;

/// <summary>
/// The ways to shards that are not open on this silo. A shard's location is what its grain says; it changes only while everything for the shard waits, and after
/// all that was sent the old way has arrived (invariant B4).
/// </summary>
internal sealed partial class ShardRoutes
{
    /// <summary>QoS 0 publications that may wait for one shard.</summary>
    private const int MaxDroppable = 8_192;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly IGrainFactory _grains;
    private readonly LocalShards _shards;
    private readonly NodeSenders _senders;
    private readonly BrokerCounters _counters;
    private readonly ILogger _logger;
    private readonly ShardRoute[] _routes;

    public ShardRoutes(IGrainFactory grains, ShardSpace space, LocalShards shards, NodeSenders senders, BrokerCounters counters, ILogger<ShardRoutes> logger)
    {
        _grains = grains;
        _shards = shards;
        _senders = senders;
        _counters = counters;
        _logger = logger;
        _routes = [.. Enumerable.Range(0, space.Shards).Select(static shard => new ShardRoute(shard))];
        senders.Left += Left;
    }

    /// <summary>Publications must not enter the shard on this silo, should it be here.</summary>
    public bool IsOn(int shard) => _routes[shard].IsAway;

    /// <summary>Publications that wait until it is known where their shard is.</summary>
    public int WaitingFor(int shard)
    {
        var route = _routes[shard];
        lock (route) return route.Waiting?.Count ?? 0;
    }

    public void Publish(int shard, Publication publication)
    {
        var route = _routes[shard];
        lock (route)
        {
            if (route.Waiting is null && route.Lane is { } lane)
            {
                var outcome = Append(lane, route.Shard, publication, token: 0);
                if (outcome == LaneOutcome.Full) _counters.Drop(DropReason.LaneFull);
                if (outcome != LaneOutcome.Broken) return;
            }

            Park(route, new ShardRoute.Parked(publication));
        }
    }

    /// <summary>A silo that was sent publications for the shard does not have it: what follows waits until those have found their way.</summary>
    public void Moved(int shard, SiloAddress from)
    {
        if ((uint)shard >= (uint)_routes.Length) return;
        var route = _routes[shard];
        Task arrived;
        lock (route)
        {
            if (route.Lane is not { } lane || !lane.Silo.Equals(from)) return;
            route.Park();
            lane.TryAppendBarrier(new NodeItem { Kind = NodeItemKind.ShardBarrier, Number = (uint)shard }, out arrived);
        }

        _ = Task.Run(() => FindAsync(route, arrived));
    }

    /// <summary>The shard closes before it has had what waited here: that is older than what waits here still.</summary>
    public void Return(int shard, Publication publication)
    {
        var route = _routes[shard];
        lock (route)
        {
            var begins = route.Park();
            route.Return(new ShardRoute.Parked(publication));
            if (begins) _ = Task.Run(() => FindAsync(route, Task.CompletedTask));
        }
    }

    private void Park(ShardRoute route, in ShardRoute.Parked parked)
    {
        if (parked.IsDroppable && route.DroppableCount >= MaxDroppable)
        {
            _counters.Drop(DropReason.LaneFull);
            return;
        }

        parked.Publication.Keep();
        var begins = route.Park();
        route.Add(parked);
        // The caller may be a transport's loop, or a grain whose turns this must not take.
        if (begins) _ = Task.Run(() => FindAsync(route, Task.CompletedTask));
    }

    private async Task FindAsync(ShardRoute route, Task arrived)
    {
        await arrived;
        while (true)
        {
            await _senders.HandedOver;
            if (await TryFindAsync(route.Shard) is { } silo && (silo.Equals(_senders.Self) ? TryOpenHere(route) : TryOpen(route, silo))) return;
            await Task.Delay(RetryDelay, _senders.Time);
        }
    }

    private async Task<SiloAddress?> TryFindAsync(int shard)
    {
        try
        {
            return await _grains.GetGrain<ITopicGrain>(shard).OpenAsync();
        }
        catch (Exception exception)
        {
            // Whatever the call failed of, what waits stays in line.
            LogNotFound(exception, shard);
            return null;
        }
    }

    /// <summary>The monitor is entered outside the route's lock: its turn may publish to other shards. Nobody else takes from what waits.</summary>
    private bool TryOpenHere(ShardRoute route)
    {
        // One that closes may have some to return yet.
        if (_shards.Find(route.Shard) is not { IsClosed: false } monitor) return false;
        lock (route) route.TakeReturned();
        while (true)
        {
            ShardRoute.Parked parked;
            lock (route)
            {
                if (route.HasReturned) return false;
                if (!route.TryTake(out parked))
                {
                    route.Open(null);
                    return true;
                }
            }

            if (parked.Token != 0) _senders.Outstanding.Forget(parked.Token);
            monitor.Publish(parked.Publication, ShardWorkKind.PublishParked);
        }
    }

    private bool TryOpen(ShardRoute route, SiloAddress silo)
    {
        var lane = _senders.LaneTo(silo, LaneNumber.Of(LaneKind.Shard, route.Shard));
        lock (route)
        {
            route.TakeReturned();
            while (route.Waiting!.TryPeek(out var parked))
            {
                var outcome = Append(lane, route.Shard, parked.Publication, parked.Token);
                if (outcome == LaneOutcome.Broken) return false;
                if (outcome == LaneOutcome.Full) _counters.Drop(DropReason.LaneFull);
                route.TryTake(out _);
            }

            route.Open(lane);
            return true;
        }
    }

    private LaneOutcome Append(Lane lane, int shard, Publication publication, long token)
    {
        var item = new NodeItem { Kind = NodeItemKind.Publish, Number = (uint)shard, Message = publication, Token = token };
        if (token != 0)
        {
            _senders.Outstanding.Move(token, lane.Silo);
            return lane.TryAppend(item, isDroppable: false);
        }

        if (!publication.IsAwaited) return lane.TryAppend(item, isDroppable: true);
        // Its bytes are kept until it is done: it may have to be sent again.
        return lane.TryAppend(item, isDroppable: false, new Awaited(publication.Keep(), Shard: shard));
    }

    /// <summary>A silo has died: its shards are looked for anew, and what they had not done comes first.</summary>
    private void Left(SiloAddress silo, List<(long Token, Awaited Awaited)> left)
    {
        foreach (var route in _routes)
        {
            lock (route)
            {
                if (route.Lane is not { } lane || !lane.Silo.Equals(silo)) continue;
                route.Park();
            }

            _ = Task.Run(() => FindAsync(route, Task.CompletedTask));
        }

        foreach (var shard in left.Where(static item => item.Awaited is { Session: null, Target: Publication }).GroupBy(static item => item.Awaited.Shard))
        {
            var route = _routes[shard.Key];
            lock (route)
            {
                // A lane that broke before this came here has parked the route; a route that is straight again has lost nothing there.
                if (route.Park()) _ = Task.Run(() => FindAsync(route, Task.CompletedTask));
                route.PutFirst(shard.Select(static item => new ShardRoute.Parked((Publication)item.Awaited.Target, item.Token)));
            }
        }

        foreach (var (token, awaited) in left)
        {
            if (awaited.Target is Action) _senders.Outstanding.Done(token, ReasonCode.Success);
        }
    }

    [LoggerMessage(2202, LogLevel.Warning, "Shard {Shard} not reached; tried again")]
    private partial void LogNotFound(Exception exception, int shard);
}
