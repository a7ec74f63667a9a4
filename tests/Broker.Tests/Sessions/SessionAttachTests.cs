using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>CONNECT in its two steps, takeover, and a CONNECT that fails half way.</summary>
public sealed class SessionAttachTests
{
    private readonly SessionRig _rig = new();

    private static WillMessage Will(uint delay = 0) => new("w"u8.ToArray(), 1, 0, QoS.AtLeastOnce, false, delay, null);

    [Fact]
    public void BeginAttach_BeforeConnAck_NothingIsSent()
    {
        var first = _rig.Connect();
        _rig.Subscribe();
        _rig.Deliver("m1");
        _rig.Detach(first);
        var second = _rig.Begin(_rig.Parameters(SessionRig.Durable), out var result);
        Assert.True(result.SessionPresent);
        _rig.Deliver("m2");
        _rig.Deliver("m3", QoS.AtMostOnce);
        _rig.Commit();
        _rig.Session.OutputDrained(_rig.Now);
        Assert.Empty(second.Take());
        _rig.Session.CompleteAttach(second, _rig.Now);
        Assert.Equal(["PUBLISH 1 m1 dup", "PUBLISH 2 m2", "PUBLISH m3"], second.Take());
    }

    [Theory]
    [InlineData(SessionRig.Durable, false, true)]
    [InlineData(SessionRig.Durable, true, false)]
    [InlineData(SessionRig.Transient, false, false)]
    public void BeginAttach_WhileConnected_TakesOver(uint expiry, bool cleanStart, bool present)
    {
        var first = _rig.Connect(expiry);
        _rig.Subscribe();
        var (incarnation, epoch) = (_rig.Session.Incarnation, _rig.Session.Epoch);
        var second = _rig.Begin(_rig.Parameters(expiry, cleanStart), out var result);
        Assert.Equal(ReasonCode.SessionTakenOver, first.ClosedWith);
        Assert.Equal(present, result.SessionPresent);
        Assert.Equal(present, _rig.Session.Incarnation == incarnation);
        Assert.Equal(epoch + 1, _rig.Session.Epoch);
        Assert.Equal(present ? 1 : 0, _rig.Session.Subscriptions.Count);
        Assert.False(_rig.Detach(first));
        Assert.True(_rig.Session.IsCurrent(second));
    }

    [Fact]
    public void CompleteAttach_OfAConnectionTakenOver_DoesNothing()
    {
        var first = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);
        var second = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);
        _rig.Session.CompleteAttach(first, _rig.Now);
        _rig.Subscribe();
        _rig.Deliver("m");
        Assert.Empty(second.Take());
        _rig.Session.CompleteAttach(second, _rig.Now);
        Assert.Equal(["PUBLISH 1 m"], second.Take());
    }

    [Fact]
    public void BeginAttach_SubscribeOfAnEndedConnectionUnderway_DoesNotHoldTheNext()
    {
        var first = _rig.Connect();
        _rig.Subscribe();
        _rig.Detach(first);
        _rig.Session.BeginSubscribe();
        var second = _rig.Connect();
        _rig.Session.CompleteSubscribe(first, _rig.Now);
        _rig.Deliver("m");
        Assert.Equal(["PUBLISH 1 m"], second.Take());
    }

    [Fact]
    public void Subscribe_SessionHasEnded_LeavesNothingForTheNext()
    {
        var first = _rig.Connect(SessionRig.Transient);
        _rig.Detach(first);
        Assert.Null(_rig.Session.Subscribe(Mqtt.Topics.TopicFilter.Parse("t"), default, out _, out _));
        Assert.Equal(0, _rig.Session.Subscriptions.Count);
    }

    [Fact]
    public void AbandonAttach_NewSession_LeavesNone()
    {
        var connection = _rig.Begin(_rig.Parameters(SessionRig.Durable, will: Will()), out _);
        _rig.Session.AbandonAttach(connection, _rig.Now);
        Assert.False(_rig.Session.Exists);
        Assert.Equal([SessionEffectKind.Ended], _rig.EffectKinds());
        _rig.Begin(_rig.Parameters(SessionRig.Durable), out var result);
        Assert.False(result.SessionPresent);
    }

    [Fact]
    public void AbandonAttach_ResumedSession_IsAsItWasBefore()
    {
        var first = _rig.Connect(expiry: 50, will: Will(delay: 20));
        _rig.Subscribe();
        _rig.Detach(first);
        _rig.Now += 10_000;
        var second = _rig.Begin(_rig.Parameters(expiry: 500, will: Will(delay: 1)), out _);
        _rig.Session.AbandonAttach(second, _rig.Now);
        Assert.Empty(_rig.Effects());
        Assert.Equal((50u, 20u), (_rig.Session.ExpiryIntervalSeconds, _rig.Session.Will!.DelaySeconds));
        Assert.Equal(_rig.Now + 10_000, _rig.Session.Deadline(0));
        Assert.Equal(1, _rig.Session.Subscriptions.Count);
    }

    [Fact]
    public void Detach_BeforeConnAck_IsAnAbandonedAttach()
    {
        var connection = _rig.Begin(_rig.Parameters(SessionRig.Durable, will: Will()), out _);
        Assert.True(_rig.Detach(connection));
        Assert.False(_rig.Session.Exists);
        Assert.Equal([SessionEffectKind.Ended], _rig.EffectKinds());
    }

    [Fact]
    public void BeginAttach_OverOneWithoutConnAck_DoesNotResumeWhatNoClientKnows()
    {
        var first = _rig.Begin(_rig.Parameters(SessionRig.Durable, will: Will()), out _);
        _rig.Begin(_rig.Parameters(SessionRig.Durable), out var result);
        Assert.False(result.SessionPresent);
        Assert.Equal(ReasonCode.SessionTakenOver, first.ClosedWith);
        Assert.DoesNotContain(SessionEffectKind.PublishWill, _rig.EffectKinds());
    }

    [Fact]
    public void BeginAttach_TransientAfterADurableSession_PromisesTheEndOfTheOlder()
    {
        var first = _rig.Connect();
        _rig.Detach(first);
        _rig.Commit();
        _rig.Begin(_rig.Parameters(SessionRig.Transient, cleanStart: true), out var result);
        Assert.NotEqual(0ul, result.Number);
        _rig.Session.Committed(_rig.Journal.Commit(result.Number), _rig.Now);
        _rig.Crash();
        _rig.Begin(_rig.Parameters(SessionRig.Durable), out result);
        Assert.False(result.SessionPresent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Terminate_WhatEverState_EndsTheSessionAndSettlesAll(bool connected)
    {
        var connection = _rig.Connect(receiveMaximum: 1, will: Will(delay: 50));
        _rig.Subscribe();
        var publications = new[] { _rig.Deliver("m1"), _rig.Deliver("m2"), _rig.Deliver("m3", QoS.ExactlyOnce) };
        if (!connected) _rig.Detach(connection);
        _rig.Session.Terminate(ReasonCode.AdministrativeAction, publishWill: true, _rig.Now);
        Assert.Equal(connected ? ReasonCode.AdministrativeAction : (ReasonCode?)null, connection.ClosedWith);
        Assert.False(_rig.Session.Exists);
        Assert.All(publications, publication => Assert.True(_rig.Publisher.IsSettled(publication)));
        Assert.Equal([SessionEffectKind.PublishWill, SessionEffectKind.RemoveRoutes], _rig.EffectKinds());
        _rig.Session.WillDone();
        Assert.Equal([SessionEffectKind.Ended], _rig.EffectKinds());
        Assert.Equal(3, _rig.Counters.Drops(DropReason.SessionEnded));
    }

    [Fact]
    public void CompleteAttach_SharedSubscriptions_AreAnnounced()
    {
        _rig.Connect();
        _rig.Subscribe("$share/g/t");
        _rig.Subscribe("t");
        _rig.Effects();
        _rig.Connect();
        var effect = Assert.Single(_rig.Effects());
        Assert.Equal(SessionEffectKind.AnnounceShared, effect.Kind);
        Assert.Equal("$share/g/t", Assert.Single((IReadOnlyList<Subscription>)effect.Target!).Filter.Text);
    }
}
