using OrleansBroker.Mqtt.Codec;

namespace OrleansBroker.Mqtt.Tests.Codec;

public sealed class VariableByteIntegerTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(16_383, 2)]
    [InlineData(16_384, 3)]
    [InlineData(2_097_151, 3)]
    [InlineData(2_097_152, 4)]
    [InlineData(268_435_455, 4)]
    public void Write_Boundary_HasTheLeastLengthAndReadsBack(int value, int length)
    {
        Span<byte> bytes = stackalloc byte[4];
        Assert.Equal(length, VariableByteInteger.LengthOf(value));
        Assert.Equal(length, VariableByteInteger.Write(bytes, value));
        Assert.Equal(DecodeStatus.Done, VariableByteInteger.TryRead(bytes[..length], out var read, out var readLength));
        Assert.Equal((value, length), (read, readLength));
        Assert.Equal(DecodeStatus.NeedMoreData, VariableByteInteger.TryRead(bytes[..(length - 1)], out _, out readLength));
        Assert.Equal(0, readLength);
    }
}
