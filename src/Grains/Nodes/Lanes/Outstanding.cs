using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>Everything that this silo has sent away and waits for, by the token that comes back: a ring for each lane, and one for what goes by grain calls.</summary>
internal sealed class Outstanding
{
    private readonly Lock _lock = new();
    private OutstandingRing?[] _rings = new OutstandingRing?[16];
    private int _count;

    private readonly IncarnationSource _incarnations;

    public Outstanding(IncarnationSource incarnations)
    {
        _incarnations = incarnations;
        Detoured = NewRing();
    }

    /// <summary>Of what had no lane when it was sent.</summary>
    public OutstandingRing Detoured { get; }

    public int Count
    {
        get
        {
            lock (_lock) return _rings.Count(static ring => ring is { IsEmpty: false });
        }
    }

    public OutstandingRing NewRing()
    {
        lock (_lock)
        {
            if (_count == _rings.Length) Array.Resize(ref _rings, _rings.Length * 2);
            return _rings[_count] = new OutstandingRing(_count++, _incarnations.Next());
        }
    }

    /// <summary>The part that was sent away is settled there. Once: what was taken before is ignored.</summary>
    public void Done(long token, ReasonCode reason)
    {
        if (RingOf(token) is not { } ring || !ring.TryTake(token, out var awaited)) return;
        if (awaited.Target is Action arrived) arrived();
        else PublicationOf(awaited).Settle(OutcomeOf(reason));
    }

    /// <summary>A member's answer. One that has accepted settles the message later, when somebody waits for that.</summary>
    public void Answered(long token, OfferAnswer answer)
    {
        if (RingOf(token) is not { } ring || !ring.TryPeek(token, out var awaited) || awaited.Target is not SharedOffer offer) return;
        if (answer == OfferAnswer.Accepted && offer.Publication.IsAwaited) return;
        if (ring.TryTake(token, out _)) offer.Answer(answer);
    }

    /// <summary>It goes to another silo now.</summary>
    public void Move(long token, SiloAddress? silo) => RingOf(token)?.Move(token, silo);

    /// <summary>Its owner is here after all: nobody sends a done.</summary>
    public void Forget(long token) => RingOf(token)?.TryTake(token, out _);

    /// <summary>What a silo that has died had not done, in order.</summary>
    public List<(long Token, Awaited Awaited)> TakeFrom(SiloAddress silo)
    {
        var left = new List<(long Token, Awaited Awaited)>();
        OutstandingRing?[] rings;
        lock (_lock) rings = _rings.AsSpan(0, _count).ToArray();
        foreach (var ring in rings) ring?.TakeFrom(silo, left);
        return left;
    }

    private static PartOutcome OutcomeOf(ReasonCode reason) => reason switch
    {
        ReasonCode.Success => PartOutcome.Done,
        ReasonCode.NoMatchingSubscribers => PartOutcome.NoReceiver,
        ReasonCode.QuotaExceeded => PartOutcome.Refused,
        _ => PartOutcome.NotStored,
    };

    private static Publication PublicationOf(in Awaited awaited) => awaited.Target is SharedOffer offer ? offer.Publication : (Publication)awaited.Target;

    private OutstandingRing? RingOf(long token)
    {
        var number = DeliverySeries.NumberOf(token);
        var rings = Volatile.Read(ref _rings);
        return (uint)number < (uint)rings.Length ? rings[number] : null;
    }
}
