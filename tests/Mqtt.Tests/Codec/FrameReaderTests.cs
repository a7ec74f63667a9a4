using System.Buffers;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

public sealed class FrameReaderTests
{
    [Theory]
    [InlineData("30 00", 2, 0)]
    [InlineData("30 7F", 2, 127)]
    [InlineData("30 8001", 3, 128)]
    [InlineData("30 FF7F", 3, 16_383)]
    [InlineData("30 808001", 4, 16_384)]
    [InlineData("30 FFFF7F", 4, 2_097_151)]
    [InlineData("30 80808001", 5, 2_097_152)]
    [InlineData("30 FFFFFF7F", 5, 268_435_455)]
    public void TryRead_CompleteHeader_GivesLengths(string text, int headerLength, int remainingLength)
    {
        var status = FrameReader.TryRead(Wire.Bytes(text), int.MaxValue, out var header, out _);
        Assert.Equal(DecodeStatus.Done, status);
        Assert.Equal(new FrameHeader(PacketType.Publish, 0, headerLength, remainingLength), header);
        Assert.Equal(headerLength + remainingLength, header.PacketLength);
        Assert.True(header.PacketLength <= PacketEncoder.MaximumPacketLength);
    }

    [Theory]
    [InlineData(100, DecodeStatus.Done)]
    [InlineData(99, DecodeStatus.Violation)]
    public void TryRead_PacketOf100Bytes_GoesByTheMaximum(int maximumPacketSize, DecodeStatus expected)
    {
        var status = FrameReader.TryRead([0x30, 98], maximumPacketSize, out _, out var violation);
        Assert.Equal(expected, status);
        Assert.Equal(expected == DecodeStatus.Done ? SpecViolation.None : SpecViolation.PacketTooLarge, violation);
    }

    [Fact]
    public void TryRead_BeforeConnect_AcceptsPaddingAndAuth()
    {
        Assert.Equal(DecodeStatus.Done, FrameReader.TryRead([0x10, 0x8A, 0x00], 100, out var header, out _));
        Assert.Equal(10, header.RemainingLength);
        Assert.Equal(DecodeStatus.Done, FrameReader.TryRead([0xF0, 0x00], 100, out _, out _));
    }

    [Fact]
    public void TryRead_SequenceWithoutVersion_AgreesWithSpan()
    {
        byte[] bytes = [0x10, 0xFF, 0xFF, 0x7F, 1, 2, 3];
        var status = FrameReader.TryRead(new ReadOnlySequence<byte>(bytes), int.MaxValue, out var header, out _);
        Assert.Equal(DecodeStatus.Done, status);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var sequence = Segments.Split(bytes, split);
            Assert.Equal(DecodeStatus.Done, FrameReader.TryRead(in sequence, int.MaxValue, out var splitHeader, out _));
            Assert.Equal(header, splitHeader);
        }
    }
}
