using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>Subscriptions to $SYS follow the connection.</summary>
public sealed class SessionNodeTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void Detach_OfADurableSession_LeavesTheNodeWithNothingElse()
    {
        var connection = _rig.Connect();
        var own = _rig.Subscribe("$SYS/#");
        _rig.Subscribe("other");
        _rig.Effects();
        _rig.Detach(connection);
        var left = Single(SessionEffectKind.LeaveNode);
        Assert.Same(connection, left.Connection);
        Assert.Equal([own], left.Subscriptions);
    }

    [Fact]
    public void Attach_AfterDetach_EntersTheNewNodeWithNewVersions()
    {
        var first = _rig.Connect();
        var before = _rig.Subscribe("$SYS/#", QoS.AtMostOnce, retainAsPublished: true, identifier: 7);
        _rig.Detach(first);
        _rig.Effects();
        var older = _rig.Match(before);

        var second = _rig.Connect();
        var entered = Single(SessionEffectKind.EnterNode);
        Assert.Same(second, entered.Connection);
        var renewed = Assert.Single(entered.Subscriptions);
        Assert.Equal((before.Filter, before.Options, SubscriptionState.Active), (renewed.Filter, renewed.Options, renewed.State));
        Assert.True(renewed.Version > before.Version);
        // The older node's route is stale, this one's is not.
        Assert.False(_rig.Session.Deliver(Publications.Of("older", QoS.AtMostOnce), older, _rig.Now));
        Assert.Empty(second.Take());
        Assert.True(_rig.Session.Deliver(Publications.Of("m", QoS.AtMostOnce), _rig.Match(renewed), _rig.Now));
        Assert.Equal(["PUBLISH m"], second.Take());
    }

    [Fact]
    public void Attach_WhileConnected_LeavesTheOneNodeAndEntersTheOther()
    {
        var first = _rig.Connect();
        _rig.Subscribe("$share/g/$SYS/#");
        _rig.Effects();
        var second = _rig.Connect();
        var effects = _rig.Effects();
        Assert.Equal([SessionEffectKind.LeaveNode, SessionEffectKind.EnterNode, SessionEffectKind.AnnounceShared], effects.Select(static effect => effect.Kind));
        Assert.Same(first, ((NodeSubscriptions)effects[0].Target!).Connection);
        Assert.Same(second, ((NodeSubscriptions)effects[1].Target!).Connection);
    }

    [Fact]
    public void Attach_NeverAccepted_EntersAndLeavesNothing()
    {
        var first = _rig.Connect();
        _rig.Subscribe("$SYS/#");
        _rig.Detach(first);
        _rig.Effects();
        var second = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);
        _rig.Session.AbandonAttach(second, _rig.Now);
        Assert.Empty(_rig.Effects());
    }

    [Fact]
    public void Attach_AfterACrash_HoldsOneSubscriptionUnderItsNewVersion()
    {
        var first = _rig.Connect();
        var before = _rig.Subscribe("$SYS/#");
        _rig.Commit();
        _rig.Detach(first);
        _rig.Connect();
        _rig.Commit();
        _rig.Crash();
        var held = Assert.Single(_rig.Session.Subscriptions.Items.ToArray());
        Assert.True(held.Version > before.Version);
        Assert.False(_rig.Session.Subscriptions.Holds(before.Version));
        _rig.Connect();
        Assert.True(Assert.Single(Single(SessionEffectKind.EnterNode).Subscriptions).Version > held.Version);
    }

    [Fact]
    public void Attach_ConfirmedTooLate_DoesNotBringTheOlderVersionBack()
    {
        var first = _rig.Connect();
        var pending = _rig.Session.Subscribe(
            Mqtt.Topics.TopicFilter.Parse("$SYS/#"), new SubscriptionOptions(QoS.AtMostOnce, false, false, RetainHandling.SendAtSubscribe, 0), out _)!;
        _rig.Detach(first);
        _rig.Connect();
        _rig.Session.Confirm(pending);
        _rig.Commit();
        Assert.Equal([$"s{Assert.Single(_rig.Session.Subscriptions.Items.ToArray()).Version}"], _rig.Journal.Committed.Where(static key => key[0] == 's'));
    }

    [Fact]
    public void Due_SessionExpires_IsCounted()
    {
        var connection = _rig.Connect();
        _rig.Detach(connection);
        _rig.Now += (SessionRig.Durable * 1_000) - 1;
        _rig.Session.Due(_rig.Now);
        Assert.Equal(0, _rig.Counters.Read(BrokerCounter.SessionsExpired));
        _rig.Now++;
        _rig.Session.Due(_rig.Now);
        _rig.Session.Due(_rig.Now);
        Assert.Equal(1, _rig.Counters.Read(BrokerCounter.SessionsExpired));
    }

    private NodeSubscriptions Single(SessionEffectKind kind) =>
        (NodeSubscriptions)Assert.Single(_rig.Effects(), effect => effect.Kind == kind).Target!;
}
