using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

public sealed class ConnectTests
{
    [Theory]
    [InlineData("0004'MQTT' 05 02 003C 00 0001'c'", 5, SpecViolation.None)]
    [InlineData("0006'MQIsdp' 03 02 003C 0001'c'", 3, SpecViolation.None)]
    [InlineData("0004'MQTT' 06 02 003C 00 0001'c'", 6, SpecViolation.UnsupportedProtocolVersion)]
    [InlineData("0004'MQTT' 84 02 003C 0001'c'", 0x84, SpecViolation.UnsupportedProtocolVersion)]
    [InlineData("0004'HTTP' 04 02", 4, SpecViolation.ProtocolNameInvalid)]
    [InlineData("0004'MQTT' 05 03 003C 00 0001'c'", 5, SpecViolation.ConnectFlagInvalid)]
    [InlineData("0004'MQTT'", 0, SpecViolation.PacketTruncated)]
    [InlineData("", 0, SpecViolation.PacketTruncated)]
    public void DecodeConnect_AnyOutcome_TellsTheLevelTried(string body, byte expectedLevel, SpecViolation expected)
    {
        var violation = PacketDecoder.DecodeConnect(Wire.Bytes(body), out var packet, out var level);
        Assert.Equal(expected, violation);
        Assert.Equal(expectedLevel, level);
        Assert.Equal(expected == SpecViolation.None, packet is not null);
    }

    [Theory]
    [Trait("Spec", "MQTT5-1.5.5-1")]
    [InlineData("10 8F00 0004'MQTT' 05 02 003C 00 0002'cd'", SpecViolation.VariableByteIntegerPadded)]
    [InlineData("10 0F 0004'MQTT' 05 02 003C 00 0002'cd'", SpecViolation.None)]
    [InlineData("10 8E00 0004'MQTT' 04 02 003C 0002'cd'", SpecViolation.None)]
    [InlineData("10 90808000 0006'MQIsdp' 03 02 003C 0002'cd'", SpecViolation.None)]
    public void DecodeConnect_PaddedRemainingLength_IsMalformedIn5(string packet, SpecViolation expected)
    {
        var bytes = Wire.Bytes(packet);
        Assert.Equal(DecodeStatus.Done, FrameReader.TryRead(bytes, AnyPacket.MaximumPacketSize, out var header, out _));
        Assert.Equal(bytes.Length, header.PacketLength);
        Assert.Equal(expected, PacketDecoder.DecodeConnect(header, bytes.AsSpan(header.HeaderLength), out var connect, out var level));
        Assert.Equal(expected == SpecViolation.None, connect is not null);
        Assert.Equal(bytes[header.HeaderLength + (level == 3 ? 8 : 6)], level);
    }
}
