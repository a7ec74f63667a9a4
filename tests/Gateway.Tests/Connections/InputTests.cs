using System.Buffers;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class InputTests
{
    [Theory]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void Receive_PingReq_IsAnsweredAtOnce(ProtocolVersion version)
    {
        var rig = ConnectionRig.Connected(version);
        rig.Send(Wire.PingReq);
        rig.Send(Wire.PingReq);
        Assert.Equal([Wire.PingResp, Wire.PingResp], rig.Packets());
    }

    [Fact]
    public void Receive_PingReqWhileAControlOperationIsInFlight_IsAnsweredAtOnce()
    {
        var rig = ConnectionRig.Connected();
        rig.Control.ControlGate = new TaskCompletionSource();
        rig.Send(Wire.Subscribe(1, "a"));
        rig.Send(Wire.PingReq);
        Assert.Equal([Wire.PingResp], rig.Packets());
    }

    [Fact]
    public void Receive_PingReqWithBody_IsMalformed()
    {
        var rig = ConnectionRig.Connected();
        rig.Send(0xC0, 1, 0);
        Assert.Equal(ReasonCode.MalformedPacket, rig.Disconnect().ReasonCode);
    }

    [Fact]
    public void Receive_SplitAtEveryByte_HandlesEachPacketOnce()
    {
        byte[] bytes = [.. Wire.Publish(ProtocolVersion.Mqtt5, "a/b", QoS.AtLeastOnce), .. Wire.PingReq, .. Wire.Publish(ProtocolVersion.Mqtt5, "c")];
        for (var split = 1; split < bytes.Length; split++)
        {
            var rig = ConnectionRig.Connected();
            var status = rig.Send(Segments.Of(bytes[..split], bytes[split..]), out var consumed);
            Assert.Equal((ReceiveStatus.NeedMoreData, bytes.Length), (status, consumed));
            Assert.Equal([PacketType.PubAck, PacketType.PingResp], rig.Packets().Select(Wire.TypeOf));
            Assert.Equal(2, rig.Router.Published.Count);
        }
    }

    [Fact]
    public void Receive_ArrivesByteByByte_ConsumesOnlyWholePackets()
    {
        byte[] bytes = [.. Wire.Publish(ProtocolVersion.Mqtt5, "a/b"), .. Wire.PingReq];
        var rig = ConnectionRig.Connected();
        var start = 0;
        for (var end = 1; end <= bytes.Length; end++)
        {
            rig.Send(new ReadOnlySequence<byte>(bytes[start..end]), out var consumed);
            start += (int)consumed;
        }

        Assert.Equal(bytes.Length, start);
        Assert.Single(rig.Router.Published);
        Assert.Equal([Wire.PingResp], rig.Packets());
    }

    [Fact]
    public void Receive_ManySegments_HandlesAll()
    {
        byte[] bytes = [.. Enumerable.Range(0, 50).SelectMany(i => Wire.Publish(ProtocolVersion.Mqtt5, $"topic/{i}"))];
        var rig = ConnectionRig.Connected();
        rig.Send(Segments.Of([.. bytes.Chunk(7)]), out var consumed);
        Assert.Equal(bytes.Length, consumed);
        Assert.Equal(50, rig.Router.Published.Count);
    }

    [Fact]
    public void Receive_MoreThanATurnTakes_EndsTheTurnAndGoesOn()
    {
        var packet = Wire.Publish(ProtocolVersion.Mqtt5, "t", payload: new string('x', 10_000));
        byte[] bytes = [.. Enumerable.Repeat(packet, 20).SelectMany(same => same)];
        var rig = ConnectionRig.Connected();
        Assert.Equal(ReceiveStatus.TurnOver, rig.Send(new ReadOnlySequence<byte>(bytes), out var consumed));
        Assert.Equal(7 * packet.Length, consumed);

        var rest = new ReadOnlySequence<byte>(bytes).Slice(consumed);
        while (rig.Send(rest, out consumed) == ReceiveStatus.TurnOver)
            rest = rest.Slice(consumed);
        Assert.Equal(20, rig.Router.Published.Count);
    }

    [Fact]
    public void Receive_PacketAboveTheMaximum_IsToldBeforeItHasCome()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxPacketSize = 1024 });
        rig.Send(0x30, 0x80, 0x08);
        Assert.Equal(ReasonCode.PacketTooLarge, rig.Disconnect().ReasonCode);
    }

    [Theory]
    [InlineData(PacketType.ConnAck)]
    [InlineData(PacketType.SubAck)]
    [InlineData(PacketType.UnsubAck)]
    [InlineData(PacketType.PingResp)]
    public void Receive_PacketThatOnlyServersSend_IsAProtocolError(PacketType type)
    {
        var rig = ConnectionRig.Connected();
        rig.Send((byte)((int)type << 4), 0);
        Assert.Equal(ReasonCode.ProtocolError, rig.Disconnect().ReasonCode);
    }

    [Fact]
    public void Receive_AuthWithoutMethodInConnect_IsAProtocolError()
    {
        var rig = ConnectionRig.Connected();
        rig.Send(new AuthPacket { ReasonCode = ReasonCode.ReAuthenticate, AuthenticationMethod = "m" });
        Assert.Equal(ReasonCode.ProtocolError, rig.Disconnect().ReasonCode);
    }

    [Fact]
    public async Task Receive_Violation3_ClosesWithoutPacketAndPublishesTheWill()
    {
        var rig = ConnectionRig.Connected(ProtocolVersion.Mqtt311);
        Assert.Equal(ReceiveStatus.Closed, rig.Send(0x20, 0));
        Assert.Empty(rig.Packets());
        Assert.True(rig.Transport.IsOutputEnded);
        Assert.True((await rig.EndAsync()).PublishWill);
    }

    [Fact]
    public async Task Receive_Violation5_TellsReasonAndTextThenNothingMore()
    {
        var rig = ConnectionRig.Connected();
        rig.Send([0xC1, 0, .. Wire.PingReq]);
        var disconnect = rig.Disconnect();
        Assert.Equal(ReasonCode.MalformedPacket, disconnect.ReasonCode);
        Assert.NotNull(disconnect.ReasonString);
        Assert.Equal(new(ReasonCode.MalformedPacket, PublishWill: true), await rig.EndAsync());
        Assert.Equal(ReceiveStatus.Closed, rig.Send(Wire.PingReq));
        Assert.Empty(rig.Packets());
    }

    [Theory]
    [InlineData(PacketType.PubAck)]
    [InlineData(PacketType.PubRec)]
    [InlineData(PacketType.PubRel)]
    [InlineData(PacketType.PubComp)]
    public void Receive_Acknowledgement_GoesToTheSession(PacketType type)
    {
        var rig = ConnectionRig.Connected();
        rig.Send(Wire.Ack(ProtocolVersion.Mqtt5, type, 7));
        Assert.Equal((type, 7, ReasonCode.Success), Assert.Single(rig.Session.Acknowledged));
        Assert.Empty(rig.Packets());
    }

    [Fact]
    public async Task Receive_AcknowledgementAndTheSessionIsGone_Closes()
    {
        var rig = ConnectionRig.Connected();
        rig.Session.IsHere = false;
        Assert.Equal(ReceiveStatus.Closed, rig.Send(Wire.Ack(ProtocolVersion.Mqtt5, PacketType.PubAck, 7)));
        Assert.Equal(ReasonCode.ServerBusy, rig.Disconnect().ReasonCode);
        Assert.True((await rig.EndAsync()).PublishWill);
    }

    [Fact]
    public void LastPacketMilliseconds_HalfAPacket_IsNotLife()
    {
        var rig = ConnectionRig.Connected();
        var start = rig.Connection.LastPacketMilliseconds;
        rig.Advance(TimeSpan.FromSeconds(5));
        rig.Send(0xC0);
        Assert.Equal(start, rig.Connection.LastPacketMilliseconds);
        rig.Send(Wire.PingReq);
        Assert.Equal(start + 5_000, rig.Connection.LastPacketMilliseconds);
        rig.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(start + 5_000, rig.Connection.LastPacketMilliseconds);
    }

    [Fact]
    public void LastPacketMilliseconds_SessionWasSlowToAttach_CountsFromThere()
    {
        var rig = new ConnectionRig { Control = { ConnectGate = new TaskCompletionSource() } };
        rig.Connect();
        rig.Advance(TimeSpan.FromSeconds(9));
        rig.Control.ConnectGate.SetResult();
        Assert.Equal(rig.Clock.NowMilliseconds, rig.Connection.LastPacketMilliseconds);
    }
}
