using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ConnectOrderTests
{
    [Fact]
    public async Task Connect_WhileAnOlderOfTheSameClientIdIsNotAnswered_WaitsForIt()
    {
        var older = new ConnectionRig();
        var newer = new ConnectionRig(sibling: older);
        var gate = older.Control.ConnectGate = new TaskCompletionSource();
        older.Connect(ProtocolVersion.Mqtt5, packet => packet with { KeepAliveSeconds = 1 });
        newer.Connect(ProtocolVersion.Mqtt5, packet => packet with { KeepAliveSeconds = 2 });
        Assert.Equal([1], older.Control.Connects.Select(connect => (int)connect.KeepAliveSeconds));
        gate.SetResult();
        await newer.Connection.ControlIdleAsync();
        Assert.Equal([1, 2], older.Control.Connects.Select(connect => (int)connect.KeepAliveSeconds));
    }

    [Fact]
    public void Connect_WhileAnotherClientIdIsNotAnswered_IsNotHeld()
    {
        var other = new ConnectionRig();
        var rig = new ConnectionRig(sibling: other);
        other.Control.ConnectGate = new TaskCompletionSource();
        other.Connect(ProtocolVersion.Mqtt5, packet => packet with { ClientId = "other" });
        other.Control.ConnectGate = null;
        rig.Connect();
        Assert.Equal(ConnectionPhase.Attached, rig.Connection.Phase);
    }

    [Fact]
    public async Task Leave_InTheMiddleOfALine_LetsNobodyPassTheFirst()
    {
        var order = new ConnectOrder();
        var (first, second, third) = (order.Join("a"), order.Join("a"), order.Join("a"));
        Assert.True(first.Before.IsCompleted);
        order.Leave(first);
        await second.Before;
        Assert.False(third.Before.IsCompleted);
        order.Leave(second);
        await third.Before;
        order.Leave(third);
        Assert.True(order.Join("a").Before.IsCompleted);
    }
}
