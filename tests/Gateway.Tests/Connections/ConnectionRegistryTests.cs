namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ConnectionRegistryTests
{
    [Fact]
    public void ConnectedCount_ConnectionsComeAndGo_FollowsAndKeepsItsMaximum()
    {
        var first = ConnectionRig.Connected();
        var registry = first.Registry;
        var second = new ConnectionRig(sibling: first);
        Assert.Equal((1, 1), (registry.ConnectedCount, registry.MaximumConnectedCount));
        second.Connect();
        Assert.Equal((2, 2), (registry.ConnectedCount, registry.MaximumConnectedCount));
        second.Connection.InputEnded();
        second.Connection.InputEnded();
        Assert.Equal((1, 2), (registry.ConnectedCount, registry.MaximumConnectedCount));
    }

    [Fact]
    public void ConnectedCount_RefusedOrWithoutConnect_IsNotCounted()
    {
        var rig = new ConnectionRig();
        rig.Connect(with: static packet => packet with { AuthenticationMethod = "x" });
        Assert.False(rig.Connection.IsOpen);
        Assert.Equal((0, 0), (rig.Registry.ConnectedCount, rig.Registry.MaximumConnectedCount));
    }
}
