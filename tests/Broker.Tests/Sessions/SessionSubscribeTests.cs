using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>The session as the authority on its subscriptions (invariant B13), and what each option does to a delivery.</summary>
public sealed class SessionSubscribeTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void Deliver_OverlappingSubscriptions_OneCopyWithHighestQoSAndAllIdentifiers()
    {
        var connection = _rig.Connect(SessionRig.Transient);
        var match = _rig.Match(_rig.Subscribe("t", QoS.AtMostOnce, identifier: 1), _rig.Subscribe("+", QoS.AtLeastOnce), _rig.Subscribe("#", QoS.AtMostOnce, identifier: 3));
        _rig.Deliver(Publications.Of("m", QoS.ExactlyOnce), match);
        var packet = connection.TakeOne();
        Assert.Equal(QoS.AtLeastOnce, packet.QoS);
        Assert.Equal([1u, 3u], packet.SubscriptionIdentifiers!);
    }

    [Theory]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    public void Deliver_RetainFlag_IsKeptOnlyAsPublished(bool retainAsPublished, bool published, bool expected)
    {
        var connection = _rig.Connect();
        var match = _rig.Match(_rig.Subscribe(retainAsPublished: retainAsPublished));
        _rig.Deliver(Publications.Of("m", retain: published), match);
        Assert.Equal(expected, connection.TakeOne().Retain);
    }

    [Theory]
    [InlineData("client", false)]
    [InlineData("other", true)]
    public void Deliver_NoLocal_KeepsOwnMessagesAway(string publisher, bool delivered)
    {
        var connection = _rig.Connect();
        var publication = Publications.Of("m", publisherClientId: publisher);
        var match = _rig.Match(_rig.Subscribe(noLocal: true));
        _rig.Publish(publication);
        Assert.True(_rig.Session.Deliver(publication, match, _rig.Now));
        publication.Settle(PartOutcome.NoReceiver);
        Assert.Equal(delivered ? 1 : 0, connection.Take().Length);
        Assert.Equal(delivered ? null : ReasonCode.NoMatchingSubscribers, _rig.Publisher.ReasonOf(publication));
    }

    [Fact]
    public void Deliver_NoLocalBesideAnother_ComesByTheOtherOnly()
    {
        var connection = _rig.Connect();
        var match = _rig.Match(_rig.Subscribe("t", QoS.ExactlyOnce, noLocal: true, identifier: 1), _rig.Subscribe("+", QoS.AtLeastOnce, identifier: 2));
        _rig.Deliver(Publications.Of("m", QoS.ExactlyOnce, publisherClientId: "client"), match);
        var packet = connection.TakeOne();
        Assert.Equal(QoS.AtLeastOnce, packet.QoS);
        Assert.Equal([2u], packet.SubscriptionIdentifiers!);
    }

    [Fact]
    public void Deliver_VersionNotHeld_IsGoneAndSettled()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        var match = _rig.Match(subscription);
        _rig.Session.Unsubscribe(subscription.Filter, out _);
        var publication = _rig.Publish(Publications.Of("m"));
        Assert.False(_rig.Session.Deliver(publication, match, _rig.Now));
        publication.Settle(PartOutcome.NoReceiver);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, _rig.Publisher.ReasonOf(publication));
        Assert.Empty(connection.Take());
    }

    [Fact]
    public void Deliver_SomeVersionsNotHeld_ComesByTheOthers()
    {
        var connection = _rig.Connect();
        var ended = _rig.Subscribe("t", QoS.ExactlyOnce, identifier: 1);
        var match = _rig.Match(ended, _rig.Subscribe("+", QoS.AtLeastOnce, identifier: 2));
        _rig.Session.Unsubscribe(ended.Filter, out _);
        _rig.Deliver(Publications.Of("m"), match);
        Assert.Equal([2u], connection.TakeOne().SubscriptionIdentifiers!);
    }

    [Fact]
    public void Deliver_OfAnOlderIncarnation_IsGone()
    {
        _rig.Connect();
        var match = _rig.Match(_rig.Subscribe());
        _rig.Connect(cleanStart: true);
        _rig.Subscribe();
        Assert.False(_rig.Session.Deliver(_rig.Publish(Publications.Of("m")), match, _rig.Now));
    }

    [Fact]
    public void Subscribe_Again_ReplacesAndHoldsTheOldVersionWhileRoutesChange()
    {
        var connection = _rig.Connect();
        var first = _rig.Subscribe(qos: QoS.AtMostOnce);
        var oldMatch = _rig.Match(first);
        var second = _rig.Session.Subscribe(first.Filter, new SubscriptionOptions(QoS.AtLeastOnce, false, false, default, 0), out var number)!;
        Assert.True(second.Renews);
        Assert.NotEqual(0ul, number);
        Assert.Equal(1, _rig.Session.Subscriptions.Count);
        _rig.Deliver(Publications.Of("m1"), oldMatch);
        _rig.Deliver(Publications.Of("m2"), _rig.Match(second));
        Assert.Equal([QoS.AtMostOnce, QoS.AtLeastOnce], connection.Packets.Select(static packet => packet.QoS));

        _rig.Subscribe();
        Assert.False(_rig.Session.Deliver(_rig.Publish(Publications.Of("m3")), oldMatch, _rig.Now));
    }

    /// <summary>Retain Handling 1: whoever repeats what was never answered subscribes to a new filter still.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Subscribe_AgainAndNoneWasAnswered_RenewsWhatWasBeforeThem(bool hadOne)
    {
        _rig.Connect();
        if (hadOne) Assert.False(_rig.Subscribe("a").Renews);

        for (var i = 0; i < 3; i++)
        {
            var subscription = _rig.Session.Subscribe(TopicFilter.Parse("a"), default, out _)!;
            Assert.Equal(hadOne, subscription.Renews);
            // Its silo dies before SUBACK, as far as it has come.
            if (i == 1) _rig.Session.Registered(subscription);
            _rig.Commit();
            if (i == 2) _rig.Crash();
        }

        _rig.Connect();
        Assert.Equal(hadOne, _rig.Subscribe("a").Renews);
        Assert.True(_rig.Subscribe("a").Renews);
    }

    [Fact]
    public void Subscribe_Again_LeavesOneRecord()
    {
        _rig.Connect();
        _rig.Subscribe(identifier: 1);
        _rig.Subscribe(identifier: 2);
        _rig.Commit();
        Assert.Equal(["h0", "s2"], _rig.Journal.Committed);
        _rig.Crash();
        Assert.Equal(2u, Assert.Single(_rig.Session.Subscriptions.Items.ToArray()).Options.Identifier);
    }

    [Fact]
    public void Restore_CrashBetweenReplacementAndRemoval_NewestWinsAndTheOtherGoes()
    {
        _rig.Connect();
        _rig.Subscribe(identifier: 1);
        _rig.Commit();
        _rig.Subscribe(identifier: 2);
        _rig.Journal.Commit(_rig.Journal.PendingNumbers[0]);
        _rig.Crash();
        Assert.Equal(2u, Assert.Single(_rig.Session.Subscriptions.Items.ToArray()).Options.Identifier);
        _rig.Commit();
        Assert.Equal(["h0", "s2"], _rig.Journal.Committed);
    }

    [Fact]
    public void Subscribe_AsManyAsAllowed_RefusesANewFilterAndReplacesAnOld()
    {
        var rig = new SessionRig(new LimitsOptions { MaxSubscriptionsPerSession = 2 });
        rig.Connect();
        rig.Subscribe("a");
        rig.Subscribe("b");
        Assert.Null(rig.Session.Subscribe(TopicFilter.Parse("c"), default, out _));
        Assert.NotNull(rig.Session.Subscribe(TopicFilter.Parse("b"), default, out _));
    }

    [Fact]
    public void Unsubscribe_QueuedAndInflight_StillArrive()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        var subscription = _rig.Subscribe();
        _rig.Deliver("m1");
        _rig.Deliver("m2");
        Assert.NotNull(_rig.Session.Unsubscribe(subscription.Filter, out var number));
        Assert.NotEqual(0ul, number);
        Assert.Null(_rig.Session.Unsubscribe(subscription.Filter, out _));
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 1 m1", "PUBLISH 2 m2"], connection.Take());
    }

    [Fact]
    public void EndOfSession_Subscriptions_AreRemovedWithTheirIncarnation()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        var incarnation = _rig.Session.Incarnation;
        _rig.Detach(connection, expiry: 0);
        var effect = _rig.Effects()[0];
        Assert.Equal((SessionEffectKind.RemoveRoutes, incarnation), (effect.Kind, effect.Number));
        Assert.Same(subscription, Assert.Single((IReadOnlyList<Subscription>)effect.Target!));
        Assert.Equal(SubscriptionState.Removing, subscription.State);
    }
}
