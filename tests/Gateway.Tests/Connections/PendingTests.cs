using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Invariant B11: memory is bounded at admission, and the time without reading does not count against keep-alive.</summary>
public sealed class PendingTests
{
    private static readonly LimitsOptions FourMessages = new() { MaxPendingPublishes = 4 };

    [Fact]
    public void Receive_AtThePendingMessages_PausesUntilHalfAreDone()
    {
        var rig = Holding(FourMessages);
        for (ushort id = 1; id <= 4; id++)
            Assert.Equal(ReceiveStatus.NeedMoreData, rig.SendPublish("t", QoS.AtLeastOnce, id));
        AssertPaused(rig, Wire.Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, 5));

        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Equal(0, rig.Transport.Resumes);
        rig.Router.Published[1].Settle(PartOutcome.Done);
        Assert.Equal(1, rig.Transport.Resumes);
        Assert.Equal(ReceiveStatus.NeedMoreData, rig.SendPublish("t", QoS.AtLeastOnce, 5));
    }

    [Fact]
    public void Receive_AtThePendingBytes_Pauses()
    {
        var rig = Holding(new LimitsOptions { MaxPendingBytes = 1_000 });
        Assert.Equal(ReceiveStatus.NeedMoreData, rig.SendPublish("t", QoS.AtLeastOnce, 1, new string('x', 999)));
        AssertPaused(rig, Wire.Publish(ProtocolVersion.Mqtt5, "t"));
        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Equal(1, rig.Transport.Resumes);
    }

    [Fact]
    public void Receive_QoS2WithoutPubRec_IsPending()
    {
        var rig = Holding(FourMessages);
        for (ushort id = 1; id <= 4; id++)
            rig.SendPublish("t", QoS.ExactlyOnce, id);
        rig.SendPublish("t", QoS.ExactlyOnce, 4);
        AssertPaused(rig, Wire.Publish(ProtocolVersion.Mqtt5, "t"));

        rig.Connection.Acknowledge(PacketType.PubRec, 1, ReasonCode.Success);
        rig.Connection.Acknowledge(PacketType.PubRec, 1, ReasonCode.Success);
        Assert.Equal(0, rig.Transport.Resumes);
        rig.Connection.Acknowledge(PacketType.PubRec, 2, ReasonCode.Success);
        Assert.Equal(1, rig.Transport.Resumes);
    }

    [Fact]
    public void Deferred_QoS0InAShardsInbox_IsPendingUntilSettled()
    {
        var rig = Holding(FourMessages);
        rig.Router.OnPublish = publication => publication.Defer();
        for (var i = 0; i < 4; i++)
            rig.SendPublish("t");
        AssertPaused(rig, Wire.Publish(ProtocolVersion.Mqtt5, "t"));

        rig.Router.Published[3].Settle(PartOutcome.Done);
        rig.Router.Published[1].Settle(PartOutcome.Done);
        Assert.Equal(1, rig.Transport.Resumes);
        Assert.Empty(rig.Packets());
    }

    [Fact]
    public void Receive_QoS0NotDeferred_IsNeverPending()
    {
        var rig = Holding(FourMessages);
        for (var i = 0; i < 100; i++)
            Assert.Equal(ReceiveStatus.NeedMoreData, rig.SendPublish("t"));
    }

    [Fact]
    public void Receive_BelowTheBound_PingAndAcknowledgementsAreSeen()
    {
        var rig = Holding(FourMessages);
        for (ushort id = 1; id <= 4; id++)
            rig.SendPublish("t", QoS.AtLeastOnce, id);
        rig.Send(Wire.PingReq);
        rig.Send(Wire.Ack(ProtocolVersion.Mqtt5, PacketType.PubAck, 77));
        Assert.Equal([Wire.PingResp], rig.Packets());
        Assert.Single(rig.Session.Acknowledged);
    }

    [Fact]
    public void LastPacketMilliseconds_WhilePaused_IsNowAndCountsFromTheResume()
    {
        var rig = Holding(new LimitsOptions { MaxPendingPublishes = 1 });
        rig.SendPublish("t", QoS.AtLeastOnce, 1);
        AssertPaused(rig, Wire.Publish(ProtocolVersion.Mqtt5, "t"));
        rig.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(rig.Clock.NowMilliseconds, rig.Connection.LastPacketMilliseconds);

        rig.Router.Published[0].Settle(PartOutcome.Done);
        var resumed = rig.Clock.NowMilliseconds;
        rig.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(resumed, rig.Connection.LastPacketMilliseconds);
    }

    [Fact]
    public void Receive_AtTheGatewaysBytes_PausesAllUntilThereIsRoom()
    {
        var rig = Holding(new LimitsOptions { MaxGatewayPendingBytes = 1_000 });
        var other = new ConnectionRig(sibling: rig);
        other.Connect(with: packet => packet with { ClientId = "other" });
        rig.SendPublish("t", QoS.AtLeastOnce, 1, new string('x', 600));
        Assert.Equal(ReceiveStatus.NeedMoreData, other.SendPublish("t", QoS.AtLeastOnce, 1, new string('x', 600)));
        Assert.Equal(1_202, rig.Services.Pending.Bytes);
        AssertPaused(rig, Wire.Publish(ProtocolVersion.Mqtt5, "t"));
        Assert.Equal(ReceiveStatus.Paused, other.SendPublish("t"));
        other.Transport.TakeWritten();

        var resumes = (rig.Transport.Resumes, other.Transport.Resumes);
        rig.Router.Published[1].Settle(PartOutcome.Done);
        Assert.Equal((resumes.Item1 + 1, resumes.Item2 + 1), (rig.Transport.Resumes, other.Transport.Resumes));
        Assert.Equal(601, rig.Services.Pending.Bytes);
        Assert.Equal(ReceiveStatus.NeedMoreData, rig.SendPublish("t"));
    }

    [Fact]
    public void Receive_PausedForBothBounds_ResumesWhenBothAreGone()
    {
        var rig = Holding(new LimitsOptions { MaxPendingPublishes = 1, MaxGatewayPendingBytes = 1_000 });
        var other = new ConnectionRig(sibling: rig);
        other.Connect(with: packet => packet with { ClientId = "other" });
        rig.SendPublish("t", QoS.AtLeastOnce, 1, new string('x', 600));
        other.SendPublish("t", QoS.AtLeastOnce, 1, new string('x', 1_500));
        AssertPaused(rig, Wire.Publish(ProtocolVersion.Mqtt5, "t"));
        var resumes = rig.Transport.Resumes;

        rig.Router.Published[0].Settle(PartOutcome.Done);
        Assert.Equal(resumes, rig.Transport.Resumes);
        rig.Router.Published[1].Settle(PartOutcome.Done);
        Assert.Equal(resumes + 1, rig.Transport.Resumes);
    }

    [Fact]
    public void InputEnded_WithPendingMessages_GivesTheirBytesBack()
    {
        var rig = Holding(new LimitsOptions());
        rig.SendPublish("t", QoS.ExactlyOnce, 1, new string('x', 99));
        rig.SendPublish("t", QoS.AtLeastOnce, 2, new string('x', 49));
        Assert.Equal(150, rig.Services.Pending.Bytes);
        rig.Connection.InputEnded();
        Assert.Equal(50, rig.Services.Pending.Bytes);
        rig.Router.Published[0].Settle(PartOutcome.Done);
        rig.Connection.Acknowledge(PacketType.PubRec, 1, ReasonCode.Success);
        Assert.Equal(0, rig.Services.Pending.Bytes);
    }

    [Fact]
    public void Receive_SettledDuringTheTurn_NeverCountsForTheGateway()
    {
        var rig = ConnectionRig.Connected();
        rig.Router.OnPublish = _ => Assert.Equal(0, rig.Services.Pending.Bytes);
        rig.SendPublish("t", QoS.AtLeastOnce, 1);
        Assert.Equal(0, rig.Services.Pending.Bytes);
    }

    private static ConnectionRig Holding(LimitsOptions limits)
    {
        var rig = ConnectionRig.Connected(limits: limits);
        rig.Router.Holds = true;
        rig.Transport.ForgetResumes();
        return rig;
    }

    private static void AssertPaused(ConnectionRig rig, byte[] next)
    {
        Assert.Equal(ReceiveStatus.Paused, rig.Send(new(next), out var consumed));
        Assert.Equal(0, consumed);
    }
}
