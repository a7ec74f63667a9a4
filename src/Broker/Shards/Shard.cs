using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>
/// One shard of the topic space as a pure state machine: routes, shared groups and retained messages. One topic is in one
/// shard, so every topic has one order, and retained-then-live has no gap. Entered under the monitor of its activation.
/// </summary>
public sealed partial class Shard
{
    /// <summary>Weight of the match cache is counted in receivers; 64 receivers per cached topic on average.</summary>
    private const int CachedReceiversPerTopic = 64;

    private readonly TopicTree<FilterRoutes> _routes = new();
    private readonly MatchCache<TopicMatch> _matches;
    private readonly RetainedStore<RetainedMessage> _retained;
    private readonly RetainedTotals _totals;
    private readonly List<RetainedMessage> _expired = [];
    private readonly int _slice;
    private readonly BrokerCounters _counters;
    private readonly Action<SharedOffer, OfferAnswer> _answered;
    private Queue<(ulong Number, Publication Publication)>? _promises;
    private IShardJournal? _journal;

    /// <param name="answered">Takes a member's answer into this shard's monitor, which calls <see cref="Answered"/>.</param>
    public Shard(LimitsOptions limits, BrokerCounters counters, RetainedTotals totals, Action<SharedOffer, OfferAnswer> answered)
    {
        var cached = Math.Max(1, limits.MatchCacheEntries);
        _matches = new MatchCache<TopicMatch>(cached, (long)limits.MatchCacheEntries * CachedReceiversPerTopic);
        _retained = new RetainedStore<RetainedMessage>(limits.MaxRetainedMessages, limits.MaxRetainedBytes);
        _totals = totals;
        _slice = limits.FanOutSlice;
        _counters = counters;
        _answered = answered;
    }

    public int RetainedCount => _retained.Count;

    public int FilterCount => _routes.Count;

    /// <summary>From now on changes are recorded.</summary>
    public void RecordTo(IShardJournal journal) => _journal = journal;

    /// <summary>The journal has committed up to the number: retained messages that waited for it are done.</summary>
    public void Committed(ulong number)
    {
        while (_promises is not null && _promises.TryPeek(out var promise) && promise.Number <= number)
        {
            _promises.Dequeue().Publication.Settle(PartOutcome.NoReceiver);
        }
    }

    /// <summary>The journal has another owner: what waits for a commit here will not be stored.</summary>
    /// <param name="handOn">Gets each such publication, with the part that waited still open: it is for the next owner.</param>
    public void Fence(Action<Publication> handOn)
    {
        while (_promises is not null && _promises.TryDequeue(out var promise)) handOn(promise.Publication);
    }
}
