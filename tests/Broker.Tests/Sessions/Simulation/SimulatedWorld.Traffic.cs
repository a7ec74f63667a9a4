using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Sessions.Simulation;

/// <content>Messages in both directions, subscriptions, and the shards that settle late.</content>
internal sealed partial class SimulatedWorld : ISharedGroup
{
    private readonly RecordingPublisher _publisher = new();
    private readonly FakeReceiver _receiver = new("client");
    private readonly List<SimulatedMessage> _messages = [];
    private readonly List<string> _forwarded = [];
    private readonly List<string> _takenByOthers = [];
    private readonly List<Action> _underway = [];
    private readonly List<(long Incarnation, RouteGrant Grant)> _routes = [];
    private int _published;

    /// <inheritdoc/>
    public void Answered(SharedOffer offer, OfferAnswer answer) => throw new NotSupportedException("Effects are run by the world.");

    private static RouteGrant GrantOf(Subscription subscription) => new(subscription.Version, subscription.Options.QoS, false, false, 0);

    private void Subscribe()
    {
        if (_attached is null) return;
        var filter = TopicFilter.Parse(_random.Next(2) == 0 ? "t" : "+");
        _session.BeginSubscribe();
        var subscription = _session.Subscribe(filter, new SubscriptionOptions((QoS)_random.Next(3), false, false, default, 0), out _)!;
        _routes.Add((_session.Incarnation, GrantOf(subscription)));
        if (_random.Next(2) == 0) Deliver();
        _session.Confirm(subscription);
        _session.CompleteSubscribe(_attached, _now);
    }

    private void Unsubscribe()
    {
        if (_attached is null || _session.Subscriptions.Count == 0) return;
        var filter = _session.Subscriptions.Items[_random.Next(_session.Subscriptions.Count)].Filter;
        _session.Forget(_session.Unsubscribe(filter, out _)!);
    }

    /// <summary>Routes outlive subscriptions and sessions for a while: any two may bring a message.</summary>
    private void Deliver()
    {
        if (AnyMatch() is not { } match) return;
        var held = match.Incarnation == _session.Incarnation ? match.Where(_session.Subscriptions, static (set, grant) => set.Holds(grant.Version)) : null;
        var qos = (QoS)_random.Next(3);
        var message = Publish("m", qos, _random.Next(10) == 0 ? _now + 5000 : Publication.NeverExpires, isShared: false);
        message.MustArrive = held is not null && qos > QoS.AtMostOnce && held.QoS > QoS.AtMostOnce && message.Publication.ExpiresAtMilliseconds == Publication.NeverExpires;
        Assert.Equal(held is not null, _session.Deliver(message.Publication, match, _now));
        message.Publication.EndLoan();
        if (!message.IsOwnPartOpen) message.Publication.Settle(PartOutcome.NoReceiver);
    }

    private void Offer()
    {
        if (AnyMatch() is not { } match || match.QoS == QoS.AtMostOnce) return;
        var message = Publish("s", (QoS)_random.Next(1, 3), Publication.NeverExpires, isShared: true);
        message.MustArrive = true;
        var offer = new SharedOffer(message.Publication, this) { Match = new RouteMatch(_receiver, match.Incarnation, [match.Grants[0]]), IsLastResort = _random.Next(2) == 0 };
        if (offer.Match.QoS == QoS.AtMostOnce) message.MustArrive = false;
        var answer = _session.Offer(offer, _now);
        if (offer.IsLastResort) Assert.NotEqual(OfferAnswer.Declined, answer);
        if (answer != OfferAnswer.Accepted) TakenByAnother(message.Publication);
        if (!message.IsOwnPartOpen) message.Publication.Settle(PartOutcome.NoReceiver);
    }

    private void ReturnShared()
    {
        if (_routes.Count > 0) _session.ReturnShared(_routes[_random.Next(_routes.Count)].Grant.Version);
    }

    private void DeliverRetained()
    {
        if (AnyMatch() is not { } match) return;
        var messages = Enumerable.Range(0, _random.Next(1, 10)).Select(_ => Publications.Retained($"r{++_published}", (QoS)_random.Next(3)));
        _session.DeliverRetained(new RetainedBatch(match, [.. messages]), _now);
    }

    private RouteMatch? AnyMatch()
    {
        if (_routes.Count == 0) return null;
        var (incarnation, grant) = _routes[^_random.Next(1, Math.Min(_routes.Count, 4) + 1)];
        var second = _routes[^1];
        RouteGrant[] grants = second.Incarnation == incarnation && second.Grant != grant && _random.Next(2) == 0 ? [grant, second.Grant] : [grant];
        return new RouteMatch(_receiver, incarnation, grants);
    }

    private SimulatedMessage Publish(string kind, QoS qos, long expiresAt, bool isShared)
    {
        var text = $"{kind}{++_published}";
        var publication = Publications.Of(text, qos, expiresAt: expiresAt).PublishedBy(_publisher);
        publication.AddPart();
        var message = new SimulatedMessage(text, publication, _session.Incarnation) { IsOwnPartOpen = _random.Next(2) == 0, IsShared = isShared };
        _messages.Add(message);
        return message;
    }

    private void Forward(Session session, Publication publication)
    {
        _forwarded.Add(publication.Text());
        publication.PublishedBy(new Caller(this, session));
        _underway.Add(() => publication.Settle(PartOutcome.Done));
    }

    private void TakeBack(Session session, Publication publication)
    {
        publication.PublishedBy(new Caller(this, session));
        TakenByAnother(publication);
    }

    /// <summary>Another member has it now, and settles when it is stored there.</summary>
    private void TakenByAnother(Publication publication)
    {
        _takenByOthers.Add(publication.Text());
        _underway.Add(() => publication.Settle(PartOutcome.Done));
    }

    private void SettleOne()
    {
        if (_underway.Count == 0) return;
        var index = _random.Next(_underway.Count);
        var settle = _underway[index];
        _underway.RemoveAt(index);
        settle();
    }

    private void RestoreSubscriptions()
    {
        foreach (var subscription in _session.Subscriptions.Items) _routes.Add((_session.Incarnation, GrantOf(subscription)));
    }
}
