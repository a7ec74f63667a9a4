using System.Buffers;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

public sealed class PacketBodyTests
{
    private static readonly byte[] Bytes = [1, 2, 3, 4];

    [Fact]
    public void Span_OneSegment_IsTheSequenceItself()
    {
        using var body = new PacketBody(new ReadOnlySequence<byte>(Bytes));
        Assert.True(body.Span.Overlaps(Bytes));
        Assert.Equal(Bytes, body.Span.ToArray());
    }

    [Fact]
    public void Span_TwoSegmentsAndScratch_IsInScratch()
    {
        Span<byte> scratch = stackalloc byte[Bytes.Length];
        using var body = new PacketBody(Segments.Split(Bytes, 1), scratch);
        Assert.True(body.Span.Overlaps(scratch));
        Assert.Equal(Bytes, body.Span.ToArray());
    }

    [Fact]
    public void Span_TwoSegmentsAndShortScratch_IsRented()
    {
        Span<byte> scratch = stackalloc byte[Bytes.Length - 1];
        using var body = new PacketBody(Segments.Split(Bytes, 1), scratch);
        Assert.False(body.Span.Overlaps(scratch));
        Assert.Equal(Bytes, body.Span.ToArray());
    }

    [Fact]
    public void Dispose_Twice_ReturnsTheBufferOnce()
    {
        var body = new PacketBody(Segments.Split(Bytes, 1));
        body.Dispose();
        body.Dispose();
        Assert.True(body.Span.IsEmpty);
        var first = ArrayPool<byte>.Shared.Rent(Bytes.Length);
        var second = ArrayPool<byte>.Shared.Rent(Bytes.Length);
        Assert.NotSame(first, second);
    }
}
