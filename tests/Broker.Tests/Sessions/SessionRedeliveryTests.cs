using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>What a reconnect sends again, in which order and with which flag [MQTT5-4.4.0-1] [MQTT5-4.6.0-1].</summary>
public sealed class SessionRedeliveryTests
{
    private readonly SessionRig _rig = new();

    private FakeConnection Reconnect(FakeConnection connection)
    {
        _rig.Detach(connection);
        return _rig.Connect();
    }

    [Fact]
    public void CompleteAttach_Unacknowledged_SentAgainWithDupInOrderBeforeTheQueue()
    {
        var first = _rig.Connect(receiveMaximum: 3);
        _rig.Subscribe();
        for (var i = 1; i <= 4; i++) _rig.Deliver($"m{i}");
        _rig.Session.PubAck(2, ReasonCode.Success, _rig.Now);
        var second = Reconnect(first);
        Assert.Equal(["PUBLISH 1 m1 dup", "PUBLISH 3 m3 dup", "PUBLISH 4 m4 dup"], second.Take());
    }

    [Fact]
    public void CompleteAttach_ConnectionWasBroken_NothingWasSentAndNoDup()
    {
        var first = _rig.Connect();
        _rig.Subscribe();
        first.IsBroken = true;
        _rig.Deliver("m");
        var second = Reconnect(first);
        Assert.Equal(["PUBLISH 1 m"], second.Take());
        Assert.Equal(["PUBLISH 1 m dup"], Reconnect(second).Take());
    }

    [Fact]
    public void CompleteAttach_RetainedWentBeforeAnOlderQueuedMessage_OrderOfSendingIsKept()
    {
        var first = _rig.Connect();
        var subscription = _rig.Subscribe();
        _rig.Session.BeginSubscribe();
        _rig.Deliver("live");
        _rig.Session.DeliverRetained(new RetainedBatch(_rig.Match(subscription), [Publications.Retained("old")]), _rig.Now);
        _rig.Session.CompleteSubscribe(first, _rig.Now);
        Assert.Equal(["PUBLISH 1 old retain", "PUBLISH 2 live"], first.Take());
        Assert.Equal(["PUBLISH 1 old dup retain", "PUBLISH 2 live dup"], Reconnect(first).Take());
    }

    [Fact]
    public void PubRec_BeforeTheReconnect_PubRelIsSentOnceOnEach()
    {
        var first = _rig.Connect();
        _rig.Subscribe();
        var publication = _rig.Deliver("m", QoS.ExactlyOnce);
        Assert.Empty(first.Take());
        _rig.Commit();
        Assert.True(_rig.Publisher.IsSettled(publication));
        Assert.Equal(["PUBLISH 1 m"], first.Take());
        _rig.Session.PubRec(1, ReasonCode.Success, _rig.Now);
        Assert.Empty(first.Take());

        _rig.Detach(first);
        var second = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);
        _rig.Session.CompleteAttach(second, _rig.Now);
        Assert.Empty(second.Take());
        _rig.Commit();
        Assert.Equal(["PUBREL 1"], second.Take());
        Assert.Equal(["PUBREL 1"], Reconnect(second).Take());
        _rig.Session.PubComp(1, _rig.Now);
        Assert.Equal(0, _rig.Session.InflightCount);
    }

    [Fact]
    public void PubRec_TransientSession_PubRelFollowsAtOnceAndAgainForARepeatedPubRec()
    {
        var connection = _rig.Connect(SessionRig.Transient);
        _rig.Subscribe();
        var publication = _rig.Deliver("m", QoS.ExactlyOnce);
        Assert.True(_rig.Publisher.IsSettled(publication));
        _rig.Session.PubRec(1, ReasonCode.Success, _rig.Now);
        _rig.Session.PubRec(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 1 m", "PUBREL 1", "PUBREL 1"], connection.Take());
    }

    [Fact]
    public void PubRec_WithError_EndsTheMessageAndFreesItsIdentifier()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        _rig.Subscribe();
        _rig.Deliver("m1", QoS.ExactlyOnce);
        _rig.Deliver("m2");
        _rig.Commit();
        connection.Take();
        _rig.Session.PubRec(1, ReasonCode.QuotaExceeded, _rig.Now);
        Assert.Equal(["PUBLISH 2 m2"], connection.Take());
        Assert.Equal(1, _rig.Counters.Drops(DropReason.RefusedByClient));
    }

    [Fact]
    public void PubRec_UnknownIdentifier_AnsweredAsNotFound()
    {
        var connection = _rig.Connect();
        _rig.Session.PubRec(9, ReasonCode.Success, _rig.Now);
        _rig.Session.PubRec(9, ReasonCode.UnspecifiedError, _rig.Now);
        Assert.Equal(["PUBREL 9 PacketIdentifierNotFound"], connection.Take());
    }

    [Fact]
    public void Acknowledgements_OfTheWrongKind_AreIgnored()
    {
        var connection = _rig.Connect();
        _rig.Subscribe();
        _rig.Deliver("m1");
        _rig.Deliver("m2", QoS.ExactlyOnce);
        _rig.Commit();
        _rig.Session.PubComp(1, _rig.Now);
        _rig.Session.PubComp(2, _rig.Now);
        _rig.Session.PubAck(2, ReasonCode.Success, _rig.Now);
        Assert.Equal(2, _rig.Session.InflightCount);
        Assert.Equal(["PUBLISH 1 m1 dup", "PUBLISH 2 m2 dup"], Reconnect(connection).Take());
    }

    [Fact]
    public void Deliver_QoS1ToADurableSession_SettledByPubAckOrCommitWhicheverIsFirst()
    {
        _rig.Connect();
        _rig.Subscribe();
        var acknowledged = _rig.Deliver("m1");
        var committed = _rig.Deliver("m2");
        Assert.Equal(0, _rig.Publisher.SettledCount);
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(ReasonCode.Success, _rig.Publisher.ReasonOf(acknowledged));
        Assert.Null(_rig.Publisher.ReasonOf(committed));
        _rig.Commit();
        Assert.Equal(ReasonCode.Success, _rig.Publisher.ReasonOf(committed));
        Assert.DoesNotContain("m1", _rig.Journal.Committed);
        _rig.Session.PubAck(2, ReasonCode.Success, _rig.Now);
        Assert.Equal(2, _rig.Publisher.SettledCount);
    }

    [Fact]
    public void CompleteAttach_ExpiredMeanwhile_SentAgainOnlyWhatWasSentBefore()
    {
        var first = _rig.Connect(receiveMaximum: 1);
        var subscription = _rig.Subscribe();
        foreach (var (text, qos) in new[] { ("sent", QoS.AtLeastOnce), ("queued", QoS.AtLeastOnce) })
            _rig.Deliver(Publications.Of(text, qos, expiresAt: _rig.Now + 1000), _rig.Match(subscription));
        Assert.Equal(["PUBLISH 1 sent"], first.Take());
        _rig.Now += 1000;
        Assert.Equal(["PUBLISH 1 sent dup"], Reconnect(first).Take());
        Assert.Equal((1, 0), (_rig.Counters.Drops(DropReason.Expired), _rig.Session.QueuedCount));
    }

    [Fact]
    public void Committed_ExpiredBeforeItsFirstSending_IsDropped()
    {
        var connection = _rig.Connect();
        var subscription = _rig.Subscribe();
        _rig.Deliver(Publications.Of("m", QoS.ExactlyOnce, expiresAt: _rig.Now + 1000), _rig.Match(subscription));
        _rig.Now += 1000;
        _rig.Commit();
        Assert.Empty(connection.Take());
        Assert.Equal((1, 0), (_rig.Counters.Drops(DropReason.Expired), _rig.Session.InflightCount));
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void Deliver_AboveMaximumPacketSize_IsDroppedCountedAndDone(QoS qos)
    {
        var connection = _rig.Connect();
        _rig.Subscribe();
        connection.MaximumBytes = 3;
        var publication = _rig.Deliver("large", qos);
        _rig.Commit();
        Assert.Empty(connection.Take());
        Assert.Equal((1, 0), (_rig.Counters.Drops(DropReason.PacketTooLarge), _rig.Session.InflightCount));
        Assert.Equal(qos > QoS.AtMostOnce, _rig.Publisher.IsSettled(publication));
        _rig.Commit();
        Assert.Equal(["h0", "s1"], _rig.Journal.Committed);
    }
}
