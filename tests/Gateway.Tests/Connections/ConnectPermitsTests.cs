using OrleansBroker.Broker.Options;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ConnectPermitsTests
{
    private readonly ConnectionRig _first = new(new LimitsOptions { MaxConnecting = 2 });
    private readonly ConnectionRig _second;
    private readonly ConnectionRig _third;
    private readonly TaskCompletionSource _gate = new();

    public ConnectPermitsTests()
    {
        (_second, _third) = (new ConnectionRig(sibling: _first), new ConnectionRig(sibling: _first));
        _first.Control.ConnectGate = _gate;
        foreach (var rig in new[] { _first, _second, _third }) Connect(rig);
    }

    [Fact]
    public async Task Connect_AsManyAsMayAreUnderWay_WaitsForOneToEnd()
    {
        Assert.Equal(2, _first.Control.Connects.Count);

        _gate.SetResult();

        await _third.Connection.ControlIdleAsync();
        Assert.Equal(3, _first.Control.Connects.Count);
        Assert.Equal(ReasonCode.Success, _third.ConnAck().ReasonCode);
    }

    [Fact]
    public async Task Connect_NoneEndsInTime_IsRefusedWithoutAskingItsSession()
    {
        _first.Advance(new TimingOptions().StoreWait);

        await _third.Connection.ControlIdleAsync();
        Assert.Equal(ReasonCode.ServerUnavailable, _third.ConnAck().ReasonCode);
        Assert.Equal(2, _first.Control.Connects.Count);
    }

    [Fact]
    public async Task Connect_ClientLeavesWhileItWaits_ItsSessionIsNotAskedAndTheNextOneIs()
    {
        var fourth = new ConnectionRig(sibling: _first);
        Connect(fourth, "fourth");

        _third.Connection.InputEnded();
        _gate.SetResult();

        await fourth.Connection.ControlIdleAsync();
        Assert.Equal(["fourth"], _first.Control.Connects.Skip(2).Select(static connect => connect.ClientId));
    }

    private static void Connect(ConnectionRig rig, string? clientId = null) => rig.Connect(with: packet => packet with { ClientId = clientId ?? $"client{rig.Connection.ConnectionId}" });
}
