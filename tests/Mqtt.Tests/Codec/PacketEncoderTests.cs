using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Codec;

public sealed class PacketEncoderTests
{
    private static readonly SubAckPacket Explained = new()
    {
        PacketIdentifier = 1,
        ReasonCodes = [ReasonCode.GrantedQoS1],
        ReasonString = "why",
        UserProperties = [new("k", "v")],
    };

    [Fact]
    public void Fit_EnoughRoom_KeepsThePacket()
    {
        var length = (uint)PacketEncoder.Measure(Explained, ProtocolVersion.Mqtt5);
        Assert.Same(Explained, PacketEncoder.Fit(Explained, ProtocolVersion.Mqtt5, length));
    }

    [Fact]
    public void Fit_OneByteTooFew_DropsUserPropertiesFirst()
    {
        var length = (uint)PacketEncoder.Measure(Explained, ProtocolVersion.Mqtt5);
        var shorter = PacketEncoder.Fit(Explained, ProtocolVersion.Mqtt5, length - 1);
        Assert.NotNull(shorter);
        Assert.Equal("why", shorter.ReasonString);
        Assert.Empty(shorter.UserProperties);
        Assert.Equal(Explained.ReasonCodes, shorter.ReasonCodes);
    }

    [Fact]
    public void Fit_ExactlyTheRoomWithoutUserProperties_KeepsTheReasonString()
    {
        var length = (uint)PacketEncoder.Measure(Explained with { UserProperties = [] }, ProtocolVersion.Mqtt5);
        Assert.Equal("why", PacketEncoder.Fit(Explained, ProtocolVersion.Mqtt5, length)?.ReasonString);
        Assert.Null(PacketEncoder.Fit(Explained, ProtocolVersion.Mqtt5, length - 1)?.ReasonString);
    }

    [Fact]
    public void Fit_NoRoomForExplanations_DropsBoth()
    {
        var shorter = PacketEncoder.Fit(Explained, ProtocolVersion.Mqtt5, 6);
        Assert.NotNull(shorter);
        Assert.Null(shorter.ReasonString);
        Assert.Equal(6, PacketEncoder.Measure(shorter, ProtocolVersion.Mqtt5));
    }

    [Fact]
    public void Fit_TooSmallForThePacketItself_GivesNull() =>
        Assert.Null(PacketEncoder.Fit(Explained, ProtocolVersion.Mqtt5, 5));

    [Fact]
    public void Write_Before5_LeavesOutWhatOnly5Has()
    {
        Assert.Equal([0x90, 3, 0, 1, 1], Encode(Explained, ProtocolVersion.Mqtt311));
        Assert.Equal([0x20, 2, 0, 0], Encode(new ConnAckPacket { SessionPresent = true, AssignedClientId = "x" }, ProtocolVersion.Mqtt31));
        Assert.Equal([0x20, 2, 1, 0], Encode(new ConnAckPacket { SessionPresent = true, AssignedClientId = "x" }, ProtocolVersion.Mqtt311));
        Assert.Equal([0xB0, 2, 0, 1], Encode(new UnsubAckPacket { PacketIdentifier = 1, ReasonCodes = [ReasonCode.NoSubscriptionExisted] }, ProtocolVersion.Mqtt311));
        Assert.Equal([0xE0, 0], Encode(new DisconnectPacket { ReasonCode = ReasonCode.DisconnectWithWillMessage }, ProtocolVersion.Mqtt311));
        Assert.Equal([0x40, 2, 0, 1], Ack(ProtocolVersion.Mqtt311, ReasonCode.QuotaExceeded));
        Assert.Equal([0x40, 3, 0, 1, 0x97], Ack(ProtocolVersion.Mqtt5, ReasonCode.QuotaExceeded));
    }

    [Theory]
    [InlineData(ReasonCode.TopicFilterInvalid, 0x80)]
    [InlineData(ReasonCode.NotAuthorized, 0x80)]
    [InlineData(ReasonCode.GrantedQoS2, 0x02)]
    public void Write_SubAckBefore5_HasOneFailureCode(ReasonCode code, byte expected) =>
        Assert.Equal(expected, Encode(new SubAckPacket { PacketIdentifier = 1, ReasonCodes = [code] }, ProtocolVersion.Mqtt311)[^1]);

    [Theory]
    [InlineData(ReasonCode.Success, 0)]
    [InlineData(ReasonCode.UnsupportedProtocolVersion, 1)]
    [InlineData(ReasonCode.ClientIdentifierNotValid, 2)]
    [InlineData(ReasonCode.ServerUnavailable, 3)]
    [InlineData(ReasonCode.ServerBusy, 3)]
    [InlineData(ReasonCode.BadUserNameOrPassword, 4)]
    [InlineData(ReasonCode.NotAuthorized, 5)]
    [InlineData(ReasonCode.Banned, 5)]
    public void ToReturnCode_ReasonCode_GivesTheCounterpart(ReasonCode code, byte expected) =>
        Assert.Equal(expected, ReasonCodes.ToReturnCode(code));

    [Fact]
    public void PublishLength_BeyondTheGreatestPacket_IsMaxValue()
    {
        const int header = 2 + 1;
        const int largest = 268_435_455 - header;
        Assert.Equal(PacketEncoder.MaximumPacketLength, PacketEncoder.PublishLength(ProtocolVersion.Mqtt311, 1, false, 0, largest));
        Assert.Equal(int.MaxValue, PacketEncoder.PublishLength(ProtocolVersion.Mqtt311, 1, false, 0, largest + 1));
        Assert.Equal(int.MaxValue, PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, 1, true, int.MaxValue, int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public void PatchPublish_EncodedPacket_EqualsEncodingAnew(int payloadLength)
    {
        var patched = Publish(payloadLength, dup: false, packetIdentifier: 1);
        PacketEncoder.PatchPublish(patched, dup: true, packetIdentifier: 0xABCD);
        Assert.Equal(Publish(payloadLength, dup: true, packetIdentifier: 0xABCD), patched);
        PacketEncoder.PatchPublish(patched, dup: false, packetIdentifier: 1);
        Assert.Equal(Publish(payloadLength, dup: false, packetIdentifier: 1), patched);
    }

    [Fact]
    public void Write_StringBeyondItsLengthField_Throws() =>
        Assert.Throws<OverflowException>(() => PacketEncoder.Measure(
            Explained with { ReasonString = new string('x', 65_536) }, ProtocolVersion.Mqtt5));

    private static byte[] Encode(ControlPacket packet, ProtocolVersion version)
    {
        var bytes = new byte[PacketEncoder.Measure(packet, version)];
        PacketEncoder.Write(bytes, packet, version);
        return bytes;
    }

    private static byte[] Ack(ProtocolVersion version, ReasonCode code)
    {
        var bytes = new byte[PacketEncoder.MaximumAckLength];
        return bytes[..PacketEncoder.WriteAck(bytes, version, PacketType.PubAck, 1, code)];
    }

    private static byte[] Publish(int payloadLength, bool dup, ushort packetIdentifier)
    {
        var bytes = new byte[PacketEncoder.PublishLength(ProtocolVersion.Mqtt5, 3, true, 0, payloadLength)];
        PacketEncoder.WritePublish(
            bytes, ProtocolVersion.Mqtt5, QoS.AtLeastOnce, dup, true, "a/b"u8, packetIdentifier, default, false, 0, default, new byte[payloadLength]);
        return bytes;
    }
}
