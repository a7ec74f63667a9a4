using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class SeededHashTests
{
    [Fact]
    public void OfBytes_AnyLengthAndSurroundings_AgreesWithWordsAndTail()
    {
        var random = new Random(31);
        var buffer = new byte[64];
        random.NextBytes(buffer);
        for (var length = 0; length <= 40; length++)
        {
            var alone = buffer.AsSpan(0, length).ToArray();
            var head = SeededHash.ReadHead(buffer, length);
            Assert.Equal(SeededHash.ReadHead(alone, length), head);
            var second = length > 8 ? SeededHash.ReadHead(buffer.AsSpan(8), length - 8) : 0;
            var tail = length > 16 ? buffer.AsSpan(16, length - 16) : default;
            Assert.Equal(SeededHash.OfBytes(alone), SeededHash.OfWordsAndTail(head, second, length, tail));
        }
    }

    [Theory]
    [InlineData("{0}", 0)]
    [InlineData("state", 1)]
    [InlineData("device-number-{0}", 0)]
    public void OfEdge_NumberedLevelsOrParents_FillTheBucketsEvenly(string format, int parentStep)
    {
        const int Edges = 1 << 16;
        var buckets = new int[Edges];
        for (var number = 0; number < Edges; number++)
            buckets[SeededHash.OfEdge(parentStep * number, SeededHash.OfBytes(string.Format(format, number).Utf8())) % Edges]++;
        // One edge a bucket on average: a random hash has a bucket with 17 in one run of 10^9.
        Assert.InRange(buckets.Max(), 2, 16);
    }

    [Fact]
    public void OfBytes_AnyBitChanged_IsAnotherHash()
    {
        for (var length = 1; length <= 40; length++)
        {
            var bytes = new byte[length];
            var hashes = new HashSet<ulong> { SeededHash.OfBytes(bytes) };
            for (var bit = 0; bit < 8 * length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(hashes.Add(SeededHash.OfBytes(bytes)), $"bit {bit} of {length} bytes");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }
}
