using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>A member of a shared group: what it takes, what it declines, what goes back (invariant B19).</summary>
public sealed class SessionSharedTests : ISharedGroup
{
    private readonly SessionRig _rig = new();

    public bool TakesReturns { get; private set; } = true;

    void ISharedGroup.Answered(SharedOffer offer, OfferAnswer answer) => throw new NotSupportedException("The monitor's part.");

    private OfferAnswer Offer(string text, out Publication publication, QoS qos = QoS.AtLeastOnce, bool lastResort = false)
    {
        publication = _rig.Publish(Publications.Of(text, qos));
        var offer = new SharedOffer(publication, this) { Match = _rig.Match([.. _rig.Session.Subscriptions.Items]), IsLastResort = lastResort };
        var answer = _rig.Session.Offer(offer, _rig.Now);
        publication.Settle(PartOutcome.NoReceiver);
        return answer;
    }

    private List<SharedOffer> Returned() =>
        [.. _rig.Effects().Where(static effect => effect.Kind == SessionEffectKind.ReturnShared).Select(static effect => (SharedOffer)effect.Target!)];

    private sealed class ReturnCaller(Session session) : IPublisher
    {
        public void Deferred(Publication publication) => throw new NotSupportedException("No shard here.");

        public void Settled(Publication publication, ReasonCode reason) => session.InboundSettled(publication, reason);
    }

    [Fact]
    public void Offer_ConnectedWithRoom_IsAccepted()
    {
        var connection = _rig.Connect(SessionRig.Transient);
        _rig.Subscribe("$share/g/t");
        Assert.Equal(OfferAnswer.Accepted, Offer("m", out var publication));
        Assert.Equal(["PUBLISH 1 m"], connection.Take());
        Assert.True(_rig.Publisher.IsSettled(publication));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Offer_NotConnected_IsDeclinedUnlessLastResort(bool lastResort)
    {
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Assert.Equal(lastResort ? OfferAnswer.Accepted : OfferAnswer.Declined, Offer("m", out _, lastResort: lastResort));
        Assert.Equal(lastResort ? 1 : 0, _rig.Session.QueuedCount);
    }

    /// <summary>Were a connected member to decline for want of a window, later messages would overtake those offered again.</summary>
    [Fact]
    public void Offer_ConnectedWithoutWindow_IsAcceptedAndQueuedInOrder()
    {
        _rig.Connect(receiveMaximum: 1);
        _rig.Subscribe("$share/g/t");
        Assert.Equal(OfferAnswer.Accepted, Offer("fills the window", out _));
        Assert.Equal(OfferAnswer.Accepted, Offer("m1", out _));
        Assert.Equal(OfferAnswer.Accepted, Offer("m2", out _));
        Assert.Equal((2, 1), (_rig.Session.QueuedCount, _rig.Session.InflightCount));
    }

    [Fact]
    public void Offer_SubscriptionEnded_IsGoneEvenAsLastResort()
    {
        _rig.Connect();
        var subscription = _rig.Subscribe("$share/g/t");
        var match = _rig.Match(subscription);
        _rig.Session.Unsubscribe(subscription.Filter, out _);
        var offer = new SharedOffer(_rig.Publish(Publications.Of("m")), this) { Match = match, IsLastResort = true };
        Assert.Equal(OfferAnswer.Gone, _rig.Session.Offer(offer, _rig.Now));
    }

    [Fact]
    public void Detach_Queued_GoesBackAndIsKeptUntilAnotherHasIt()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        _rig.Subscribe("$share/g/t");
        Offer("inflight", out _);
        Offer("queued", out var publication, lastResort: true);
        _rig.Detach(connection);
        var returned = Assert.Single(Returned());
        Assert.Equal("queued", returned.Publication.Text());
        Assert.Equal((0, 1), (_rig.Session.QueuedCount, _rig.Session.InflightCount));
        Assert.False(_rig.Publisher.IsSettled(publication));

        returned.Publication.PublishedBy(new ReturnCaller(_rig.Session));
        returned.Publication.Settle(PartOutcome.Done);
        Assert.True(_rig.Publisher.IsSettled(publication));
        _rig.Commit();
        Assert.Equal(["h0", "m1", "s1"], _rig.Journal.Committed);
    }

    [Fact]
    public void Committed_WhileOnItsWayBack_SettlesOnceAndTheRecordStays()
    {
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Offer("m", out var publication, lastResort: true);
        _rig.Session.ReturnShared(_rig.Session.Subscriptions.Items[0].Version);
        var returned = Assert.Single(Returned());
        _rig.Commit();
        Assert.True(_rig.Publisher.IsSettled(publication));
        Assert.Contains("m1", _rig.Journal.Committed);
        returned.Publication.PublishedBy(new ReturnCaller(_rig.Session));
        returned.Publication.Settle(PartOutcome.Done);
        _rig.Commit();
        Assert.DoesNotContain("m1", _rig.Journal.Committed);
    }

    [Fact]
    public void ReturnShared_OtherSubscriptionsAndConnectedMembers_KeepTheirs()
    {
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Offer("m", out _, lastResort: true);
        _rig.Session.ReturnShared(99);
        Assert.Empty(Returned());
        connection = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);
        _rig.Session.ReturnShared(1);
        Assert.Equal(1, _rig.Session.QueuedCount);
        _rig.Session.CompleteAttach(connection, _rig.Now);
        Assert.Equal(["PUBLISH 1 m"], connection.Take());
    }

    [Fact]
    public void ReturnShared_SubscriptionWasReplaced_GivesBackTheOlderVersionsToo()
    {
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/t");
        _rig.Session.BeginSubscribe();
        Offer("m", out _, lastResort: true);
        var second = _rig.Subscribe("$share/g/t");
        TakesReturns = false;
        _rig.Detach(connection);
        TakesReturns = true;
        _rig.Session.ReturnShared(second.Version);
        Assert.Equal("m", Assert.Single(Returned()).Publication.Text());
    }

    [Fact]
    public void EndOfSession_QoS1GoesToAnotherAndSentQoS2DoesNot()
    {
        var connection = _rig.Connect(SessionRig.Transient, receiveMaximum: 2);
        _rig.Subscribe("$share/g/t");
        Offer("q1", out _);
        Offer("q2", out _, QoS.ExactlyOnce);
        Offer("queued", out _, QoS.ExactlyOnce, lastResort: true);
        _rig.Detach(connection);
        Assert.Equal(["q1", "queued"], Returned().Select(static offer => offer.Publication.Text()));
        Assert.Equal(1, _rig.Counters.Drops(DropReason.SessionEnded));
    }

    [Fact]
    public void EndOfSession_GroupTakesNothingBack_SettlesAndCounts()
    {
        TakesReturns = false;
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/t");
        Offer("m", out var publication);
        _rig.Detach(connection, expiry: 0);
        Assert.Empty(Returned());
        Assert.True(_rig.Publisher.IsSettled(publication));
        Assert.Equal(1, _rig.Counters.Drops(DropReason.SessionEnded));
    }
}
