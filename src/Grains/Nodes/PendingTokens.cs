using System.Collections.Concurrent;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// What this silo has sent away and waits for, by the number that comes back: publications and shared offers. Bounded by admission:
/// every entry holds an open part.
/// </summary>
internal sealed class PendingTokens
{
    private readonly ConcurrentDictionary<long, object> _pending = new();
    private long _last;

    public int Count => _pending.Count;

    public long Add(object waiting)
    {
        var token = Interlocked.Increment(ref _last);
        _pending[token] = waiting;
        return token;
    }

    /// <summary>The part that was sent away is settled there. Once: what was taken before is ignored.</summary>
    public void Done(long token, PartOutcome outcome)
    {
        if (!_pending.TryRemove(token, out var waiting)) return;
        var publication = waiting is SharedOffer offer ? offer.Publication : (Publication)waiting;
        publication.Settle(outcome);
    }

    /// <summary>A member's answer. One that has accepted settles the message later, when somebody waits for that.</summary>
    public void Answered(long token, OfferAnswer answer)
    {
        if (!_pending.TryGetValue(token, out var waiting) || waiting is not SharedOffer offer) return;
        if (answer == OfferAnswer.Accepted && offer.Publication.IsAwaited) return;
        if (_pending.TryRemove(token, out _)) offer.Answer(answer);
    }

    /// <summary>What was to bring an answer has been given up: another member is asked, a session's part counts as not stored.</summary>
    public void GiveUp(long token)
    {
        if (!_pending.TryRemove(token, out var waiting)) return;
        if (waiting is SharedOffer offer) offer.Answer(OfferAnswer.Declined);
        else ((Publication)waiting).Settle(PartOutcome.NotStored);
    }
}
