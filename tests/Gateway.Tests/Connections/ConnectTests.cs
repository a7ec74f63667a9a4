using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class ConnectTests
{
    [Fact]
    public void Receive_Connect_AnswersConnAckWithLimits()
    {
        var rig = new ConnectionRig();
        rig.Connect();

        var connAck = rig.ConnAck();
        Assert.Equal(ReasonCode.Success, connAck.ReasonCode);
        Assert.False(connAck.SessionPresent);
        Assert.Equal(rig.Limits.ReceiveMaximum, connAck.ReceiveMaximum);
        Assert.Equal((uint)rig.Limits.MaxPacketSize, connAck.MaximumPacketSize);
        Assert.Equal(rig.Limits.MaxTopicAliases, connAck.TopicAliasMaximum);
        Assert.Null(connAck.AssignedClientId);
        Assert.Null(connAck.ServerKeepAliveSeconds);
        Assert.Null(connAck.SessionExpiryIntervalSeconds);
        Assert.Equal(ConnectionPhase.Attached, rig.Connection.Phase);
        Assert.True(rig.Registry.TryGet(rig.Connection.ConnectionId, out _));
        Assert.Equal(0, rig.Registry.UnconnectedCount);
    }
}
