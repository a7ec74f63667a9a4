using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class SubscribeTests
{
    [Fact]
    public async Task Receive_Subscribe_GoesToTheSessionWithARefusalForEachFilter()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxTopicLevels = 3 });
        rig.Admission.ForbiddenFilters.Add("secret/#");
        rig.Send(Wire.Subscribe(5, "a/+", "secret/#", "$share/g/secret/#", "a#", "a/b/c/d"));

        await rig.Connection.ControlIdleAsync();
        var (packet, refusals) = Assert.Single(rig.Control.Subscribes);
        Assert.Equal(5, packet.PacketIdentifier);
        Assert.Equal(
            [ReasonCode.Success, ReasonCode.NotAuthorized, ReasonCode.NotAuthorized, ReasonCode.TopicFilterInvalid, ReasonCode.TopicFilterInvalid],
            refusals);
        Assert.Empty(rig.Packets());
    }

    [Fact]
    public void Receive_SubscribeAboveTheMaximumQoS_AsksForTheMaximum()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxQoS = 1 });
        rig.Send(Wire.Subscribe(5, "a"));
        Assert.Equal(QoS.AtLeastOnce, Assert.Single(Assert.Single(rig.Control.Subscribes).Packet.Requests).QoS);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt311, new byte[] { 0x90, 4, 0, 5, 1, 0x80 })]
    [InlineData(ProtocolVersion.Mqtt5, new byte[] { 0x90, 5, 0, 5, 0, 1, 0x87 })]
    public void SubAck_FromTheSession_IsWrittenInTheVersionsForm(ProtocolVersion version, byte[] expected)
    {
        var rig = ConnectionRig.Connected(version, with: ConnectionRig.WithoutReasonStrings);
        rig.Connection.SubAck(new SubAckPacket { PacketIdentifier = 5, ReasonCodes = [ReasonCode.GrantedQoS1, ReasonCode.NotAuthorized] });
        Assert.Equal(expected, Assert.Single(rig.Packets()));
    }

    [Fact]
    public void UnsubAck_FromTheSession_IsWritten()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.UnsubAck(new UnsubAckPacket { PacketIdentifier = 5, ReasonCodes = [ReasonCode.NoSubscriptionExisted] });
        Assert.Equal([0xB0, 4, 0, 5, 0, 0x11], Assert.Single(rig.Packets()));
    }

    [Fact]
    public void SubAck_DoesNotFitTheClient_Closes()
    {
        var rig = ConnectionRig.Connected(with: packet => packet with { MaximumPacketSize = 20 });
        rig.Transport.TakeWritten();
        rig.Connection.SubAck(new SubAckPacket { PacketIdentifier = 5, ReasonCodes = [.. Enumerable.Repeat(ReasonCode.GrantedQoS0, 20)] });
        Assert.Equal(ReasonCode.PacketTooLarge, rig.Disconnect().ReasonCode);
    }

    [Fact]
    public async Task Receive_SeveralControlOperations_RunOneAfterTheOtherInOrder()
    {
        var rig = ConnectionRig.Connected();
        rig.Control.ControlGate = new TaskCompletionSource();
        rig.Send(Wire.Subscribe(1, "a"));
        rig.Send(new UnsubscribePacket { PacketIdentifier = 2, Requests = [new UnsubscriptionRequest("a")] });
        rig.Send(Wire.Subscribe(3, "b"));
        rig.Connection.InputEnded();
        Assert.Single(rig.Control.Subscribes);
        Assert.Empty(rig.Control.Unsubscribes);

        rig.Control.ControlGate.SetResult();
        await rig.EndAsync();
        Assert.Single(rig.Control.Unsubscribes);
        Assert.Equal([1, 3], rig.Control.Subscribes.Select(call => (int)call.Packet.PacketIdentifier));
    }

    [Fact]
    public void Receive_PublishBehindASubscribeInFlight_GoesOn()
    {
        var rig = ConnectionRig.Connected();
        rig.Control.ControlGate = new TaskCompletionSource();
        rig.Send(Wire.Subscribe(1, "a"));
        rig.SendPublish("t", QoS.AtLeastOnce, 2);
        Assert.Equal([0x40, 2, 0, 2], Assert.Single(rig.Packets()));
    }

    [Fact]
    public async Task Receive_TooManyControlOperations_PausesUntilHalfAreDone()
    {
        var rig = ConnectionRig.Connected();
        rig.Transport.ForgetResumes();
        rig.Control.ControlGate = new TaskCompletionSource();
        for (ushort id = 1; id <= 65; id++)
            Assert.Equal(ReceiveStatus.NeedMoreData, rig.Send(Wire.Subscribe(id, "a")));
        Assert.Equal(ReceiveStatus.Paused, rig.Send(Wire.Subscribe(66, "a")));
        Assert.Equal(0, rig.Transport.Resumes);

        rig.Control.ControlGate.SetResult();
        await rig.Connection.ControlIdleAsync();
        Assert.Equal(65, rig.Control.Subscribes.Count);
        Assert.Equal(1, rig.Transport.Resumes);
    }

    [Fact]
    public async Task Receive_SessionFailsASubscribe_ClosesTheConnection()
    {
        var rig = ConnectionRig.Connected();
        rig.Control.Failure = new TimeoutException();
        rig.Send(Wire.Subscribe(1, "a"));
        await rig.EndAsync();
        Assert.Equal(ReasonCode.ServerBusy, rig.Disconnect().ReasonCode);
    }

    [Fact]
    public void Receive_TooManyUserProperties_Closes()
    {
        var rig = ConnectionRig.Connected(limits: new LimitsOptions { MaxUserProperties = 1 });
        rig.Send(Wire.Subscribe(1, "a") with { UserProperties = [new("k", "v"), new("k", "v")] });
        Assert.Equal(ReasonCode.QuotaExceeded, rig.Disconnect().ReasonCode);
        Assert.Empty(rig.Control.Subscribes);
    }
}
