using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>The ways from this silo to the others: the lanes of each, and what becomes of them when a silo dies.</summary>
internal sealed class NodeSenders
{
    private readonly ConcurrentDictionary<SiloAddress, Lane?[]> _lanes = new();
    private readonly ConcurrentDictionary<SiloAddress, RemotePublisher> _publishers = new();
    private readonly ConcurrentDictionary<(SiloAddress Silo, int Number), RemotePublisher> _deliverers = new();
    private readonly ClusterView _cluster;
    private readonly BrokerCounters _counters;
    private readonly ILogger _logger;
    private TaskCompletionSource? _handingOver;

    public NodeSenders(NodeClient client, ClusterView cluster, Outstanding outstanding, BrokerClock clock, BrokerCounters counters, ILogger<NodeSenders> logger)
    {
        Client = client;
        Outstanding = outstanding;
        Clock = clock;
        _cluster = cluster;
        _counters = counters;
        _logger = logger;
        SelfText = cluster.Self.ToParsableString();
        cluster.Died += HandOver;
    }

    /// <summary>A silo has died: what it had not done goes to the next owners, in order. In one turn with the end of its lanes.</summary>
    public event Action<SiloAddress, List<(long Token, Awaited Awaited)>>? Left;

    public NodeClient Client { get; }

    public Outstanding Outstanding { get; }

    public BrokerClock Clock { get; }

    public SiloAddress Self => _cluster.Self;

    /// <summary>What stores know this silo by: unique for each process.</summary>
    public string SelfText { get; }

    public TimeProvider Time => Clock.TimeProvider;

    /// <summary>Complete, unless a dead silo's items are being handed over: whoever goes on to a next owner waits for it, so that older ones come first (invariant B4).</summary>
    public Task HandedOver => Volatile.Read(ref _handingOver)?.Task ?? Task.CompletedTask;

    /// <summary>Tells the silo what of its publications is done here.</summary>
    public RemotePublisher PublisherOf(SiloAddress source) => _publishers.GetOrAdd(source, static (source, senders) => new RemotePublisher(source, null, senders), this);

    /// <summary>Tells the silo what of its deliveries is done here.</summary>
    public RemotePublisher DelivererOf(SiloAddress source, long token) => _deliverers.GetOrAdd(
        (source, DeliverySeries.NumberOf(token)), static (series, senders) => new RemotePublisher(series.Silo, new DeliverySeries(series.Silo, series.Number), senders), this);

    public DeliverySeries SeriesOf(SiloAddress source, long token) => (DeliverySeries)DelivererOf(source, token).Source!;

    public bool IsDead(SiloAddress silo) => _cluster.IsDead(silo);

    /// <summary>The format's version that this silo writes to the other (invariant H7).</summary>
    public byte VersionFor(SiloAddress silo) => ItemFormats.Own.Choose(_cluster.FormatsOf(silo));

    /// <summary>For what goes to a grain, wherever that is.</summary>
    public byte VersionForAll => _cluster.Active.Append(Self).Min(VersionFor);

    /// <summary>Sends what must arrive as long as the silo lives.</summary>
    /// <param name="settleWhenAccepted">Done when the silo has the item, or is dead.</param>
    public void Send(SiloAddress silo, in NodeItem item, DurablePart? settleWhenAccepted = null)
    {
        if (LaneTo(silo, NumberOf(item)).TryAppend(item, isDroppable: false, settleWhenAccepted: settleWhenAccepted) != LaneOutcome.Taken)
            settleWhenAccepted?.Settle(PartOutcome.Done);
    }

    /// <summary>All that was sent before the barrier is here.</summary>
    public void Arrived(OrderBarrier barrier)
    {
        if (barrier.Source.Equals(Self)) Outstanding.Done(barrier.Token, ReasonCode.Success);
        else Send(barrier.Source, new NodeItem { Kind = NodeItemKind.Done, Token = barrier.Token });
    }

    /// <summary>Completes when all of the kind that was sent until now has been handed over by the silos that live.</summary>
    public Task ArrivedAsync(LaneKind kind)
    {
        var arrivals = new List<Task>();
        foreach (var (_, lanes) in _lanes)
        {
            for (var number = LaneNumber.FirstOf(kind); number < LaneNumber.FirstOf(kind + 1); number++)
            {
                if (Volatile.Read(ref lanes[number]) is not { } lane) continue;
                if (lane.TryAppendBarrier(new NodeItem { Kind = NodeItemKind.LaneBarrier }, out var arrived)) arrivals.Add(arrived);
            }
        }

        return Task.WhenAll(arrivals);
    }

    /// <summary>Completes when all that was sent to the connection until now has been handed over by its silo, or that is dead.</summary>
    public Task ArrivedAsync(SiloAddress silo, long connectionId)
    {
        LaneTo(silo, LaneNumber.Of(LaneKind.Connection, (int)connectionId)).TryAppendBarrier(new NodeItem { Kind = NodeItemKind.LaneBarrier }, out var arrived);
        return arrived;
    }

    /// <summary>Sends a QoS 0 item; beyond the bound it is dropped and counted.</summary>
    public void SendDroppable(SiloAddress silo, in NodeItem item)
    {
        if (LaneTo(silo, NumberOf(item)).TryAppend(item, isDroppable: true) != LaneOutcome.Taken) _counters.Drop(DropReason.LaneFull);
    }

    public Lane LaneTo(SiloAddress silo, int number)
    {
        var lanes = _lanes.GetOrAdd(silo, static _ => new Lane?[LaneNumber.End]);
        return Volatile.Read(ref lanes[number]) ?? Begin(silo, number, lanes);
    }

    /// <summary>Of all lanes of a kind, those to silos that have died included.</summary>
    public LaneLoad LoadOf(LaneKind kind)
    {
        var load = new LaneLoad();
        foreach (var (_, lanes) in _lanes)
        {
            for (var number = LaneNumber.FirstOf(kind); number < LaneNumber.FirstOf(kind + 1); number++)
            {
                if (Volatile.Read(ref lanes[number]) is { } lane) load += lane.Load;
            }
        }

        return load;
    }

    private static int NumberOf(in NodeItem item) => item.Kind switch
    {
        NodeItemKind.Done or NodeItemKind.OfferAnswer or NodeItemKind.ShardMoved or NodeItemKind.SessionMoved => LaneNumber.Of(LaneKind.Done, 0),
        >= NodeItemKind.Acknowledge => LaneNumber.Of(LaneKind.Client, (int)item.ConnectionId),
        >= NodeItemKind.Attached => LaneNumber.Of(LaneKind.Connection, (int)item.ConnectionId),
        _ => LaneNumber.Of(LaneKind.Session, item.ClientId),
    };

    private Lane Begin(SiloAddress silo, int number, Lane?[] lanes)
    {
        lock (lanes)
        {
            if (lanes[number] is { } known) return known;
            var lane = new Lane(silo, number, this, _logger);
            // Heard of its death before there was a lane to break.
            if (_cluster.IsDead(silo)) lane.Break();
            Volatile.Write(ref lanes[number], lane);
            return lane;
        }
    }

    private void HandOver(SiloAddress silo)
    {
        var handingOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _handingOver, handingOver);
        if (_lanes.TryGetValue(silo, out var lanes))
        {
            for (var number = 0; number < lanes.Length; number++)
            {
                // One that begins only now finds the silo dead.
                for (var lost = Volatile.Read(ref lanes[number])?.Break() ?? 0; lost > 0; lost--) _counters.Drop(DropReason.LaneFull);
            }
        }

        Client.Forget(silo);
        var left = Outstanding.TakeFrom(silo);
        Listeners.Tell(Left, tell => tell(silo, left), _logger);
        Volatile.Write(ref _handingOver, null);
        handingOver.SetResult();
    }
}
