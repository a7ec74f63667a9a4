using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class CloseTests
{
    [Fact]
    public async Task Receive_Disconnect_EndsWithoutWillAndWithoutAnswer()
    {
        var rig = ConnectionRig.Connected();
        Assert.Equal(ReceiveStatus.Closed, rig.Send(0xE0, 0));
        Assert.Equal(new ConnectionEnd(ReasonCode.NormalDisconnection, PublishWill: false), await rig.EndAsync());
        Assert.Empty(rig.Packets());
        Assert.True(rig.Transport.IsOutputEnded);
        rig.Connection.InputEnded();
        await rig.EndAsync();
    }

    [Theory]
    [InlineData(ReasonCode.DisconnectWithWillMessage)]
    [InlineData(ReasonCode.UnspecifiedError)]
    public async Task Receive_DisconnectWithAnotherReason_EndsWithWill(ReasonCode reason)
    {
        var rig = ConnectionRig.Connected();
        rig.Send(new DisconnectPacket { ReasonCode = reason });
        Assert.Equal(new ConnectionEnd(reason, PublishWill: true), await rig.EndAsync());
    }

    [Fact]
    public async Task Receive_DisconnectChangesTheExpiry_TellsTheSessionWithinTheLimit()
    {
        var rig = ConnectionRig.Connected(
            limits: new LimitsOptions { MaxSessionExpiry = TimeSpan.FromSeconds(100) },
            with: packet => packet with { HasSessionExpiry = true, SessionExpiryIntervalSeconds = 10 });
        rig.Send(new DisconnectPacket { SessionExpiryIntervalSeconds = 500 });
        Assert.Equal(100u, (await rig.EndAsync()).SessionExpiryIntervalSeconds);
    }

    [Fact]
    public async Task Receive_DisconnectProlongsASessionThatEndsWithItsConnection_IsAProtocolError()
    {
        var rig = ConnectionRig.Connected();
        rig.Send(new DisconnectPacket { SessionExpiryIntervalSeconds = 1 });
        Assert.Equal(ReasonCode.ProtocolError, rig.Disconnect().ReasonCode);
        Assert.True((await rig.EndAsync()).PublishWill);
    }

    [Fact]
    public async Task Receive_PacketsBehindDisconnect_AreIgnored()
    {
        var rig = ConnectionRig.Connected();
        Assert.Equal(ReceiveStatus.Closed, rig.Send([0xE0, 0, .. Wire.Publish(ProtocolVersion.Mqtt5, "t")]));
        Assert.Empty(rig.Router.Published);
        await rig.EndAsync();
    }

    [Fact]
    public async Task Receive_PublishThenDisconnect_LosesNeitherMessageNorAcknowledgement()
    {
        var rig = ConnectionRig.Connected();
        rig.Send([.. Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 3), 0xE0, 0]);
        Assert.Single(rig.Router.Published);
        Assert.Equal([0x40, 2, 0, 3], Assert.Single(rig.Packets()));
        await rig.EndAsync();
    }

    [Fact]
    public async Task InputEnded_WithoutDisconnect_EndsWithWill()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.InputEnded();
        Assert.True((await rig.EndAsync()).PublishWill);
        Assert.Empty(rig.Packets());
        Assert.True(rig.Transport.IsOutputEnded);
        Assert.Equal(0, rig.Registry.Count);
    }

    [Fact]
    public async Task InputEnded_BeforeConnect_TellsNobody()
    {
        var rig = new ConnectionRig();
        rig.Connection.InputEnded();
        await rig.Connection.ControlIdleAsync();
        Assert.Empty(rig.Control.Ends);
        Assert.Equal(0, rig.Registry.UnconnectedCount);
    }

    [Fact]
    public async Task Close_FromTheSession_TellsTheClientAndNotTheSession()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.Close(ReasonCode.SessionTakenOver);
        Assert.Equal(ReasonCode.SessionTakenOver, rig.Disconnect().ReasonCode);
        Assert.True(rig.Transport.IsOutputEnded);
        Assert.True(rig.Transport.IsCloseAsked);
        rig.Connection.InputEnded();
        await rig.Connection.ControlIdleAsync();
        Assert.Empty(rig.Control.Ends);
    }

    [Fact]
    public void Close_FromTheSessionOf311_ClosesWithoutPacket()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311);
        rig.Connection.Close(ReasonCode.SessionTakenOver);
        Assert.Empty(rig.Packets());
        Assert.True(rig.Transport.IsOutputEnded);
    }

    [Fact]
    public async Task Close_WhileAControlOperationIsInFlight_DropsThoseBehindIt()
    {
        var rig = ConnectionRig.Connected();
        rig.Control.ControlGate = new TaskCompletionSource();
        rig.Send(Wire.Subscribe(1, "a"));
        rig.Send(Wire.Subscribe(2, "b"));
        rig.Connection.Close(ReasonCode.SessionTakenOver);
        rig.Control.ControlGate.SetResult();
        await rig.Connection.ControlIdleAsync();
        Assert.Single(rig.Control.Subscribes);
        Assert.Empty(rig.Control.Ends);
    }

    [Fact]
    public void Close_WithOutputWaiting_SendsItBeforeTheLastPacket()
    {
        var rig = ConnectionRig.Connected();
        rig.Transport.IsBlocked = true;
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p")));
        rig.Connection.Close(ReasonCode.KeepAliveTimeout);
        Assert.False(rig.Transport.IsOutputEnded);
        rig.Transport.Unblock();
        Assert.Equal([PacketType.Publish, PacketType.Disconnect], rig.Packets().Select(Wire.TypeOf));
        Assert.True(rig.Transport.IsOutputEnded);
    }

    [Fact]
    public async Task Stop_OfTheRegistry_ClosesAllAndTakesNoMore()
    {
        var connected = ConnectionRig.Connected();
        var old = new ConnectionRig(sibling: connected);
        old.Connect(ProtocolVersion.Mqtt311, packet => packet with { ClientId = "old" });
        old.Transport.TakeWritten();
        var connecting = new ConnectionRig(sibling: connected);
        connected.Control.ConnectGate = new TaskCompletionSource();
        connecting.Connect(with: packet => packet with { ClientId = "slow" });
        var waiting = new ConnectionRig(sibling: connected);

        connected.Registry.Stop();
        Assert.Equal(ReasonCode.ServerShuttingDown, connected.Disconnect().ReasonCode);
        Assert.Empty(old.Packets());
        Assert.Equal(ReasonCode.ServerUnavailable, connecting.ConnAck().ReasonCode);
        Assert.Empty(waiting.Packets());
        Assert.All([connected, old, connecting, waiting], rig => Assert.True(rig.Transport.IsOutputEnded));
        Assert.False(connected.Registry.Accepted(waiting.Connection, int.MaxValue));
        Assert.Equal((0, 0), (connected.Registry.Count, connected.Registry.UnconnectedCount));
        await connected.Connection.ControlIdleAsync();
        Assert.Contains(new ConnectionEnd(ReasonCode.ServerShuttingDown, PublishWill: true), connected.Control.Ends);
    }

    [Fact]
    public void Accepted_TooManyWithoutConnect_IsRefused()
    {
        var rig = new ConnectionRig();
        var registry = new ConnectionRegistry();
        Assert.True(registry.Accepted(rig.Connection, 1));
        Assert.False(registry.Accepted(new ConnectionRig().Connection, 1));
    }

    [Fact]
    public void OutputFailed_DropsWhatWaits()
    {
        var rig = ConnectionRig.Connected();
        rig.Transport.IsBlocked = true;
        rig.Connection.Publish(Wire.Outbound(Wire.Message("t", "p")));
        rig.Connection.OutputFailed();
        rig.Transport.Unblock();
        Assert.Empty(rig.Packets());
        Assert.False(rig.Connection.IsOpen);
    }
}
