using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>What a session tells of its comings and goings: each once, with the epoch that it concerns.</summary>
public sealed class SessionPresenceTests
{
    private readonly SessionRig _rig = new();

    [Fact]
    public void Attach_UntilItExpires_TellsEach()
    {
        var connection = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);
        Assert.Empty(_rig.Presence.Take()); // not before CONNACK
        _rig.Commit();
        _rig.Session.CompleteAttach(connection, _rig.Now);
        Assert.Equal(["Connected 1001/1 on 1"], _rig.Presence.Take());

        _rig.Detach(connection, reason: ReasonCode.DisconnectWithWillMessage);
        Assert.Equal(["Disconnected 1001/1 on 1 04"], _rig.Presence.Take());
        Assert.False(_rig.Detach(connection));

        _rig.Connect();
        _rig.Session.Disconnect(ReasonCode.KeepAliveTimeout, publishWill: true, _rig.Now);
        Assert.Equal(["Connected 1001/2 on 2", "Disconnected 1001/2 on 2 8d"], _rig.Presence.Take());

        _rig.Now += SessionRig.Durable * 1000;
        _rig.Session.Due(_rig.Now);
        Assert.Equal(["Expired 1001/2"], _rig.Presence.Take());
    }

    [Fact]
    public void Attach_Transient_EndsWithItsConnection()
    {
        _rig.Detach(_rig.Connect(SessionRig.Transient), reason: ReasonCode.NormalDisconnection);

        Assert.Equal(["Connected 1001/1 on 1", "Disconnected 1001/1 on 1", "Ended 1001/1"], _rig.Presence.Take());
    }

    [Theory]
    [InlineData(false, "TakenOver 1001/1 on 1 8e,Connected 1001/2 on 2")]
    [InlineData(true, "TakenOver 1001/1 on 1 8e,Ended 1001/1,Connected 1002/2 on 2")]
    public void Attach_WhileConnected_TakesOver(bool cleanStart, string expected)
    {
        _rig.Connect();
        _rig.Presence.Take();

        _rig.Connect(cleanStart: cleanStart);

        Assert.Equal(expected.Split(','), _rig.Presence.Take());
    }

    [Fact]
    public void Abandon_NewSession_WasNeverThere()
    {
        var connection = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);

        _rig.Session.AbandonAttach(connection, _rig.Now);

        Assert.Empty(_rig.Presence.Take());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Terminate_ByAnAdministrator_IsToldOnce(bool connected)
    {
        var connection = _rig.Connect();
        if (!connected) _rig.Detach(connection);
        _rig.Presence.Take();

        _rig.Session.Terminate(ReasonCode.AdministrativeAction, publishWill: true, _rig.Now);

        Assert.Equal(connected ? ["Disconnected 1001/1 on 1 98", "Ended 1001/1"] : ["Ended 1001/1"], _rig.Presence.Take());
    }

    [Fact]
    public void Restore_ConnectedWhenTheNodeDied_IsDisconnectedNow()
    {
        _rig.Connect();
        _rig.Presence.Take();

        _rig.Crash();
        Assert.Equal(["Disconnected 1001/1 80"], _rig.Presence.Take());
        _rig.Commit();
        _rig.Crash();
        Assert.Empty(_rig.Presence.Take());
    }

    [Fact]
    public void Restore_UnderItsConnection_TellsNothingUntilTheGatewayDoesNotCome()
    {
        _rig.Connect();
        _rig.Presence.Take();

        _rig.CrashUnderTheConnection(_rig.Now + 1000);
        Assert.Empty(_rig.Presence.Take());
        _rig.Now += 1000;
        _rig.Session.Due(_rig.Now);

        Assert.Equal(["Disconnected 1001/1 80"], _rig.Presence.Take());
    }
}
