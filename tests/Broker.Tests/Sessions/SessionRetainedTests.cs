using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>Retained messages for a new subscription: after SUBACK, before live ones, as there is room.</summary>
public sealed class SessionRetainedTests
{
    private readonly SessionRig _rig = new();

    private RetainedBatch Batch(Subscription subscription, QoS qos, params string[] texts) =>
        new(_rig.Match(subscription), [.. texts.Select(text => Publications.Retained(text, qos))]);

    [Fact]
    public void CompleteSubscribe_LiveCameMeanwhile_RetainedGoesFirst()
    {
        var connection = _rig.Connect();
        _rig.Session.BeginSubscribe();
        var subscription = _rig.Subscribe(identifier: 5);
        Assert.True(_rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r1"), _rig.Now));
        _rig.Deliver("live");
        Assert.Empty(connection.Take());
        _rig.Session.CompleteSubscribe(connection, _rig.Now);
        Assert.Equal([5u], connection.Packets[0].SubscriptionIdentifiers!);
        Assert.Equal(["PUBLISH 1 r1 retain", "PUBLISH 2 live"], connection.Take());
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void DeliverRetained_NoLocal_KeepsOwnMessagesAway(QoS qos)
    {
        var connection = _rig.Connect();
        var match = _rig.Match(_rig.Subscribe(noLocal: true));
        _rig.Session.DeliverRetained(new RetainedBatch(match, [Of("own", "client"), Of("other's", "other"), Of("own", "client")]), _rig.Now);
        Assert.Equal(["other's"], connection.Packets.Select(static packet => packet.Text));

        RetainedMessage Of(string text, string publisher) => Publications.Retained(text, qos, publisher);
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void DeliverRetained_OutputFull_GoesOnWhenDrainedBeforeLiveMessages(QoS qos)
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        connection.Room = 1;
        _rig.Session.DeliverRetained(Batch(subscription, qos, "r1", "r2", "r3"), _rig.Now);
        _rig.Deliver("live", qos);
        Assert.Equal(["r1"], connection.Packets.Select(static packet => packet.Text));
        connection.Room = 9;
        _rig.Session.OutputDrained(_rig.Now);
        Assert.Equal(["r1", "r2", "r3", "live"], connection.Packets.Select(static packet => packet.Text));
    }

    [Fact]
    public void DeliverRetained_WindowFull_GoesOnWithAcknowledgements()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        var subscription = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        Assert.Equal(["PUBLISH 1 r1 retain"], connection.Take());
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 2 r2 retain"], connection.Take());
    }

    [Fact]
    public void DeliverRetained_QoS2ToADurableSession_LeavesAfterItsCommit()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(subscription, QoS.ExactlyOnce, "r1"), _rig.Now);
        Assert.Empty(connection.Take());
        _rig.Commit();
        Assert.Equal(["PUBLISH 1 r1 retain"], connection.Take());
    }

    [Fact]
    public void DeliverRetained_LowerGrant_LowersTheQoS()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe(qos: QoS.AtLeastOnce);
        _rig.Session.DeliverRetained(Batch(subscription, QoS.ExactlyOnce, "r1"), _rig.Now);
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtMostOnce, "r2"), _rig.Now);
        Assert.Equal([QoS.AtLeastOnce, QoS.AtMostOnce], connection.Packets.Select(static packet => packet.QoS));
    }

    [Fact]
    public void Unsubscribe_RestOfTheBatch_IsNotSent()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        var subscription = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        _rig.Session.Unsubscribe(subscription.Filter, out _);
        connection.Take();
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Empty(connection.Take());
        Assert.False(_rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r3"), _rig.Now));
    }

    [Fact]
    public void DeliverRetained_SubscribedAgain_TakesThePlaceOfTheRestOfTheBatch()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        var other = _rig.Subscribe("other");
        var first = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(other, QoS.AtLeastOnce, "o1", "o2"), _rig.Now);
        _rig.Session.DeliverRetained(Batch(first, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        var second = _rig.Subscribe();
        foreach (var text in new[] { "s1", "s2" }) _rig.Session.DeliverRetained(Batch(second, QoS.AtLeastOnce, text), _rig.Now);
        for (ushort identifier = 1; identifier <= 4; identifier++) _rig.Session.PubAck(identifier, ReasonCode.Success, _rig.Now);
        Assert.Equal(["o1", "o2", "s1", "s2"], connection.Packets.Select(static packet => packet.Text));
    }

    [Fact]
    public void Detach_RestOfTheBatch_IsSentToTheNextConnection()
    {
        var first = _rig.Connect(receiveMaximum: 1);
        var subscription = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        _rig.Detach(first);
        _rig.Deliver("live");
        var second = _rig.Connect();
        Assert.Equal(["PUBLISH 1 r1 dup retain", "PUBLISH 2 r2 retain", "PUBLISH 3 live"], second.Take());
    }

    [Fact]
    public void DeliverRetained_WithoutConnection_IsQueuedAndStored()
    {
        _rig.Connect();
        var subscription = _rig.Subscribe();
        _rig.Session.Disconnect(ReasonCode.AdministrativeAction, publishWill: true, _rig.Now);
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtMostOnce, "r0"), _rig.Now);
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        Assert.Equal(2, _rig.Session.QueuedCount);
        Assert.Equal(1, _rig.Counters.Drops(DropReason.NotConnected));
        _rig.Commit();
        _rig.Crash();
        Assert.Equal(["PUBLISH 1 r1 retain", "PUBLISH 2 r2 retain"], _rig.Connect().Take());
    }

    [Fact]
    public void RetainedEnds_NothingWaits_IsSaidAtOnce()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        _rig.Commit();
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtMostOnce, "r1"), _rig.Now);
        _rig.Session.RetainedEnds(subscription.Version);
        Assert.Equal([(subscription.Version, 1)], connection.RetainedEnds);
    }

    [Fact]
    public void RetainedEnds_BatchesWait_IsSaidBehindTheLastOfItsSubscription()
    {
        var connection = _rig.Connect(SessionRig.Transient, receiveMaximum: 1);
        var first = _rig.Subscribe();
        var second = _rig.Subscribe("second");
        foreach (var text in new[] { "r1", "r2" }) _rig.Session.DeliverRetained(Batch(first, QoS.AtLeastOnce, text), _rig.Now);
        _rig.Session.DeliverRetained(Batch(second, QoS.AtLeastOnce, "s1"), _rig.Now);
        _rig.Session.DeliverRetained(Batch(first, QoS.AtLeastOnce, "r3"), _rig.Now);
        _rig.Session.RetainedEnds(second.Version);
        _rig.Session.RetainedEnds(first.Version);
        Assert.Empty(connection.RetainedEnds);
        for (ushort identifier = 1; identifier <= 3; identifier++) _rig.Session.PubAck(identifier, ReasonCode.Success, _rig.Now);
        Assert.Equal(["r1", "r2", "s1", "r3"], connection.Packets.Select(static packet => packet.Text));
        Assert.Equal([(second.Version, 3), (first.Version, 4)], connection.RetainedEnds);
    }

    [Fact]
    public void RetainedEnds_QoS2ToADurableSession_IsSaidAfterTheCommit()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        _rig.Commit();
        _rig.Session.DeliverRetained(Batch(subscription, QoS.ExactlyOnce, "r1"), _rig.Now);
        _rig.Session.RetainedEnds(subscription.Version);
        Assert.Empty(connection.RetainedEnds);
        _rig.Commit();
        Assert.Equal([(subscription.Version, 1)], connection.RetainedEnds);
    }

    [Fact]
    public void RetainedEnds_Unsubscribed_IsSaidAtOnce()
    {
        var connection = _rig.Connect(SessionRig.Transient, receiveMaximum: 1);
        var other = _rig.Subscribe("other");
        var subscription = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(other, QoS.AtLeastOnce, "o1", "o2"), _rig.Now);
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r1"), _rig.Now);
        _rig.Session.RetainedEnds(subscription.Version);
        _rig.Session.Unsubscribe(subscription.Filter, out _);
        Assert.Equal([(subscription.Version, 1)], connection.RetainedEnds);
        _rig.Session.RetainedEnds(other.Version);
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(["o1", "o2"], connection.Packets.Select(static packet => packet.Text));
        Assert.Equal((other.Version, 2), connection.RetainedEnds[^1]);
    }

    [Fact]
    public void RetainedEnds_SubscribedAgainAndAgain_TheOldersEndsAreSaid()
    {
        var connection = _rig.Connect(SessionRig.Transient, receiveMaximum: 1);
        var first = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(first, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        _rig.Session.RetainedEnds(first.Version);
        // What the first was promised goes on while the second brings nothing, ...
        var second = _rig.Subscribe();
        Assert.Empty(connection.RetainedEnds);
        // ... and ends with it.
        var third = _rig.Subscribe();
        Assert.Equal([(first.Version, 1)], connection.RetainedEnds);
        _rig.Session.DeliverRetained(Batch(third, QoS.AtLeastOnce, "s1"), _rig.Now);
        _rig.Session.RetainedEnds(third.Version);
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(["r1", "s1"], connection.Packets.Select(static packet => packet.Text));
        Assert.Equal([first.Version, third.Version], connection.RetainedEnds.Select(static end => end.Version));
        Assert.Equal(first.Version + 1, second.Version);
    }

    [Fact]
    public void RetainedEnds_SupersededByAnAnswer_IsSaidWhenThatComes()
    {
        var connection = _rig.Connect(SessionRig.Transient, receiveMaximum: 1);
        var first = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(first, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        _rig.Session.RetainedEnds(first.Version);
        _rig.Session.DeliverRetained(Batch(_rig.Subscribe(), QoS.AtLeastOnce, "s1"), _rig.Now);
        Assert.Equal([(first.Version, 1)], connection.RetainedEnds);
    }

    [Fact]
    public void RetainedEnds_ConnectionEndsBefore_TheNextIsToldNothing()
    {
        var first = _rig.Connect(receiveMaximum: 1);
        var subscription = _rig.Subscribe();
        _rig.Session.DeliverRetained(Batch(subscription, QoS.AtLeastOnce, "r1", "r2"), _rig.Now);
        _rig.Session.RetainedEnds(subscription.Version);
        _rig.Detach(first);
        var second = _rig.Connect();
        Assert.Equal(["PUBLISH 1 r1 dup retain", "PUBLISH 2 r2 retain"], second.Take());
        Assert.Empty(first.RetainedEnds);
        Assert.Empty(second.RetainedEnds);
    }

    [Fact]
    public void DeliverRetained_ExpiredOrTooLarge_IsLeftOutAndCounted()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        connection.MaximumBytes = 5;
        RetainedMessage[] messages =
        [
            Publications.Retained("old", QoS.AtMostOnce, expiresAt: _rig.Now),
            Publications.Retained("old", QoS.AtLeastOnce, expiresAt: _rig.Now),
            Publications.Retained("too large", QoS.AtMostOnce),
            Publications.Retained("r", QoS.AtMostOnce),
        ];
        _rig.Session.DeliverRetained(new RetainedBatch(_rig.Match(subscription), messages), _rig.Now);
        Assert.Equal(["PUBLISH r retain"], connection.Take());
        Assert.Equal((2, 1), (_rig.Counters.Drops(DropReason.Expired), _rig.Counters.Drops(DropReason.PacketTooLarge)));
    }
}
