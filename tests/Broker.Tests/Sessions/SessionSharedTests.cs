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

    void ISharedGroup.Answered(SharedOffer offer, OfferAnswer answer) => throw new NotSupportedException("The monitor's part.");

    private OfferAnswer Offer(string text, out Publication publication, QoS qos = QoS.AtLeastOnce, bool lastResort = false, string topic = "t", RouteMatch? match = null)
    {
        publication = _rig.Publish(Publications.Of(text, qos, topic));
        var offer = new SharedOffer(publication, this) { Match = match ?? _rig.Match([.. _rig.Session.Subscriptions.Items]), IsLastResort = lastResort };
        var answer = _rig.Session.Offer(offer, _rig.Now);
        publication.Settle(PartOutcome.NoReceiver);
        return answer;
    }

    private List<Publication> Returned() =>
        [.. _rig.Effects().Where(static effect => effect.Kind == SessionEffectKind.ReturnShared).Select(static effect => (Publication)effect.Target!)];

    private sealed class ReturnCaller(SessionRig rig) : IPublisher
    {
        public void Deferred(Publication publication) => throw new NotSupportedException("No shard here.");

        public void Settled(Publication publication, ReasonCode reason) => rig.Session.InboundSettled(publication, reason, rig.Now);
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
        Assert.Equal("queued", returned.Text());
        Assert.Equal("$share/g/t", returned.ReturnedTo!.Text);
        Assert.Equal((0, 1), (_rig.Session.QueuedCount, _rig.Session.InflightCount));
        Assert.False(_rig.Publisher.IsSettled(publication));

        returned.PublishedBy(new ReturnCaller(_rig));
        returned.Settle(PartOutcome.Done);
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
        returned.PublishedBy(new ReturnCaller(_rig));
        returned.Settle(PartOutcome.Done);
        _rig.Commit();
        Assert.DoesNotContain("m1", _rig.Journal.Committed);
    }

    [Fact]
    public void ReturnShared_ReadFromTheJournal_GoesBackAndTheRecordStaysUntilAnotherHasIt()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Offer("m", out _, QoS.ExactlyOnce, lastResort: true);
        _rig.Commit();
        _rig.Crash();

        _rig.Session.ReturnShared(subscription.Version);
        var returned = Assert.Single(Returned());
        Assert.Equal(("m", "$share/g/t"), (returned.Text(), returned.ReturnedTo!.Text));
        Assert.Equal(0, _rig.Session.QueuedCount);
        Assert.False(_rig.Session.IsIdle);
        _rig.Commit();
        Assert.Contains("m1", _rig.Journal.Committed);

        returned.PublishedBy(new ReturnCaller(_rig)).Settle(PartOutcome.Done);
        _rig.Commit();
        Assert.Equal(["h0", "s1"], _rig.Journal.Committed);
    }

    [Fact]
    public void ReturnShared_ReadFromTheJournalAndNobodyElseCanKeepIt_StaysAndIsSent()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Offer("m", out _, lastResort: true);
        _rig.Commit();
        _rig.Crash();
        _rig.Session.ReturnShared(subscription.Version);

        Assert.Single(Returned()).PublishedBy(new ReturnCaller(_rig)).Settle(PartOutcome.NotStored);

        Assert.Equal(["PUBLISH 1 m"], _rig.Connect().Take());
    }

    /// <summary>What its gateway has sent of the queue must not go to another: it says so when it hands the connection over.</summary>
    [Fact]
    public void ReturnShared_ConnectionIsAwaited_NothingGoesBackUntilItIsNot()
    {
        _rig.Connect(receiveMaximum: 1);
        var subscription = _rig.Subscribe("$share/g/t");
        Offer("inflight", out _);
        Offer("queued", out _);
        _rig.Commit();
        _rig.CrashUnderTheConnection(HeldRig.AwaitedUntil);

        _rig.Session.ReturnShared(subscription.Version);
        Assert.Empty(Returned());
        Assert.Equal(1, _rig.Session.QueuedCount);

        _rig.Session.NotReattached(_rig.Now);
        Assert.Equal("queued", Assert.Single(Returned()).Text());
    }

    /// <summary>What is behind it cannot go with it: come back as a newer one it would be the last.</summary>
    [Fact]
    public void ReturnShared_MoreInTheJournalThanWasRead_Stays()
    {
        var rig = new SessionRig { Journal = new FakeJournal { MaxLoadedMessages = 2 } };
        var connection = rig.Connect();
        var subscription = rig.Subscribe("$share/g/t");
        rig.Detach(connection);
        for (var i = 0; i < 4; i++) rig.Session.Offer(new SharedOffer(rig.Publish(Publications.Of($"m{i}")), this) { Match = rig.Match(subscription), IsLastResort = true }, rig.Now);
        rig.Commit();
        rig.Crash();
        Assert.Equal(4, rig.Session.QueuedCount);

        rig.Session.ReturnShared(subscription.Version);

        Assert.DoesNotContain(SessionEffectKind.ReturnShared, rig.EffectKinds());
        Assert.Equal(4, rig.Session.QueuedCount);
    }

    /// <summary>The other member's journal has got another owner, or its queue is full.</summary>
    [Fact]
    public void ReturnShared_NobodyElseCanKeepIt_StaysAndIsSent()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Offer("m", out var publication, lastResort: true);
        _rig.Session.ReturnShared(subscription.Version);
        var returned = Assert.Single(Returned());
        connection = _rig.Connect();
        Assert.Empty(connection.Take());
        returned.PublishedBy(new ReturnCaller(_rig)).Settle(PartOutcome.NotStored);
        Assert.Equal(["PUBLISH 1 m"], connection.Take());
        _rig.Commit();
        Assert.True(_rig.Publisher.IsSettled(publication));
        Assert.Contains("m1", _rig.Journal.Committed);
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        _rig.Commit();
        Assert.DoesNotContain("m1", _rig.Journal.Committed);
    }

    [Fact]
    public void EndOfSession_NobodyElseCouldStoreIt_ItsPublisherIsToldSo()
    {
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/t");
        Offer("m", out var publication);
        _rig.Detach(connection, expiry: 0);
        var returned = Assert.Single(Returned()).PublishedBy(new ReturnCaller(_rig));
        Assert.False(_rig.Publisher.IsSettled(publication));
        returned.Settle(PartOutcome.NotStored);
        Assert.Equal(Publication.NotStored, _rig.Publisher.ReasonOf(publication));
        Assert.Equal(0, _rig.Session.QueuedCount);
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
        var first = _rig.Subscribe("$share/g/t");
        var second = _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Assert.Equal(OfferAnswer.Accepted, Offer("m", out _, lastResort: true, match: _rig.Match(first)));
        _rig.Session.ReturnShared(second.Version);
        Assert.Equal("m", Assert.Single(Returned()).Text());
    }

    [Fact]
    public void Detach_SubscriptionEndedMeanwhile_StillGoesBackToItsGroup()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe("$share/g/t");
        _rig.Session.BeginSubscribe();
        Offer("m", out _);
        _rig.Session.Unsubscribe(subscription.Filter, out _);
        _rig.Detach(connection);
        Assert.Equal("$share/g/t", Assert.Single(Returned()).ReturnedTo!.Text);
    }

    [Fact]
    public void CleanStart_Queued_GoesBackUnderTheSubscriptionThatHasEnded()
    {
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/t");
        _rig.Detach(connection);
        Offer("m", out var publication, lastResort: true);
        _rig.Connect(cleanStart: true);
        var returned = Assert.Single(Returned());
        Assert.Equal("$share/g/t", returned.ReturnedTo!.Text);
        returned.PublishedBy(new ReturnCaller(_rig)).Settle(PartOutcome.Done);
        Assert.True(_rig.Publisher.IsSettled(publication));
        Assert.DoesNotContain("m1", _rig.Journal.Committed);
    }

    [Fact]
    public void Offer_WithoutGrants_IsGone()
    {
        _rig.Connect();
        _rig.Subscribe("$share/g/t");
        Assert.Equal(OfferAnswer.Gone, Offer("m", out _, match: _rig.Match()));
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
        Assert.Equal(["q1", "queued"], Returned().Select(static publication => publication.Text()));
        Assert.Equal(1, _rig.Counters.Drops(DropReason.SessionEnded));
    }

    /// <summary>The group is one of a node's own topics.</summary>
    [Fact]
    public void EndOfSession_GroupTakesNothingBack_SettlesAndCounts()
    {
        var connection = _rig.Connect();
        _rig.Subscribe("$share/g/$SYS/#");
        Offer("m", out var publication, topic: "$SYS/t");
        _rig.Detach(connection, expiry: 0);
        Assert.Empty(Returned());
        Assert.True(_rig.Publisher.IsSettled(publication));
        Assert.Equal(1, _rig.Counters.Drops(DropReason.SessionEnded));
    }
}
