using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Reason Strings: where they stand, and what makes them go.</summary>
public sealed class ReasonStringTests
{
    private static readonly ReasonCode[] SomeRefused = [ReasonCode.GrantedQoS1, ReasonCode.NotAuthorized, ReasonCode.QuotaExceeded];

    [Theory]
    [InlineData(PacketType.PubAck, ReasonCode.QuotaExceeded)]
    [InlineData(PacketType.PubRec, ReasonCode.NotAuthorized)]
    [InlineData(PacketType.PubComp, ReasonCode.PacketIdentifierNotFound)]
    public void Acknowledge_Refusal_SaysWhyUnlessTheClientDoesNotAsk(PacketType type, ReasonCode reason)
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.Acknowledge(type, 7, reason);
        Assert.Equal(SpecViolation.None, PacketDecoder.DecodeAck(ProtocolVersion.Mqtt5, type, Wire.Body(Assert.Single(rig.Packets())), out var ack));
        Assert.Equal((7, reason), (ack.PacketIdentifier, ack.ReasonCode));
        Assert.False(string.IsNullOrEmpty(ack.ReadReasonString()));

        rig = ConnectionRig.Connected(with: ConnectionRig.WithoutReasonStrings);
        rig.Connection.Acknowledge(type, 7, reason);
        Assert.Equal(5, Assert.Single(rig.Packets()).Length);
    }

    [Theory]
    [InlineData(PacketType.PubAck, ReasonCode.Success, 4)]
    [InlineData(PacketType.PubAck, ReasonCode.NoMatchingSubscribers, 5)]
    [InlineData(PacketType.PubRel, ReasonCode.Success, 4)]
    public void Acknowledge_Success_SaysNoMore(PacketType type, ReasonCode reason, int length)
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.Acknowledge(type, 7, reason);
        Assert.Equal(length, Assert.Single(rig.Packets()).Length);
    }

    [Fact]
    public void Acknowledge_ReasonStringDoesNotFit_GoesWithout()
    {
        var length = PacketEncoder.AckLength(
            ProtocolVersion.Mqtt5, ReasonCode.NotAuthorized, ReasonTexts.OfAcknowledgement(ReasonCode.NotAuthorized).Length);
        foreach (var (maximum, expected) in new[] { (length, length), (length - 1, 5) })
        {
            var rig = ConnectionRig.Connected(with: packet => packet with { MaximumPacketSize = (uint)maximum });
            rig.Connection.Acknowledge(PacketType.PubAck, 7, ReasonCode.NotAuthorized);
            Assert.Equal(expected, Assert.Single(rig.Packets()).Length);
        }
    }

    [Fact]
    public void SubAck_SomeRefused_NamesTheFirst()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.SubAck(new SubAckPacket { PacketIdentifier = 5, ReasonCodes = SomeRefused });
        PacketDecoder.DecodeSubAck(ProtocolVersion.Mqtt5, Wire.Body(Assert.Single(rig.Packets())), out var subAck);
        Assert.StartsWith("Filter 2: ", subAck!.ReasonString, StringComparison.Ordinal);
        Assert.Equal(SomeRefused, subAck.ReasonCodes);
    }

    [Fact]
    public void UnsubAck_Refused_NamesTheFirst()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.UnsubAck(new UnsubAckPacket { PacketIdentifier = 5, ReasonCodes = [ReasonCode.NoSubscriptionExisted, ReasonCode.TopicFilterInvalid] });
        PacketDecoder.DecodeUnsubAck(ProtocolVersion.Mqtt5, Wire.Body(Assert.Single(rig.Packets())), out var unsubAck);
        Assert.StartsWith("Filter 2: ", unsubAck!.ReasonString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, uint.MaxValue)]
    [InlineData(true, 20u)]
    public void SubAck_NotAskedForOrTooLarge_GoesWithout(bool asks, uint maximumPacketSize)
    {
        var rig = ConnectionRig.Connected(with: packet => packet with { RequestProblemInformation = asks, MaximumPacketSize = maximumPacketSize });
        rig.Transport.TakeWritten();
        rig.Connection.SubAck(new SubAckPacket { PacketIdentifier = 5, ReasonCodes = SomeRefused });
        Assert.Equal([0x90, 6, 0, 5, 0, 1, 0x87, 0x97], Assert.Single(rig.Packets()));
    }

    [Fact]
    public void SubAck_AllGranted_HasNone()
    {
        var rig = ConnectionRig.Connected();
        rig.Connection.SubAck(new SubAckPacket { PacketIdentifier = 5, ReasonCodes = [ReasonCode.GrantedQoS1, ReasonCode.GrantedQoS0] });
        Assert.Equal([0x90, 5, 0, 5, 0, 1, 0], Assert.Single(rig.Packets()));
    }

    [Theory]
    [InlineData(uint.MaxValue, true)]
    [InlineData(10u, false)]
    public void ConnAckAndDisconnect_MayExplainWhateverTheClientAsks_WithinItsPacketSize(uint maximumPacketSize, bool expected)
    {
        var refused = new ConnectionRig { Control = { ConnectAnswer = ReasonCode.ServerUnavailable } };
        refused.Connect(with: packet => packet with { RequestProblemInformation = false, MaximumPacketSize = maximumPacketSize });
        Assert.Equal(expected, refused.ConnAck().ReasonString is not null);

        // CONNACK itself is longer than ten bytes: the limits that it announces.
        var rig = ConnectionRig.Connected(with: packet => packet with { RequestProblemInformation = false, MaximumPacketSize = Math.Max(maximumPacketSize, 20) });
        rig.Connection.Close(ReasonCode.SessionTakenOver);
        Assert.Equal(expected, rig.Disconnect().ReasonString is not null);
    }
}
