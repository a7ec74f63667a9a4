using OrleansBroker.Gateway.Transports;

namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class InputBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ReceiveConsume_AtRandom_KeepsTheBytesInOrder(int seed)
    {
        var random = new Random(seed);
        var buffer = new InputBuffer();
        byte next = 0;
        byte expected = 0;
        var areInOrder = true;
        for (var round = 0; round < 2_000; round++)
        {
            var room = buffer.Room().Span;
            Assert.False(room.IsEmpty);
            var count = random.Next(4) == 0 ? room.Length : random.Next(room.Length + 1);
            foreach (ref var each in room[..count])
                each = next++;
            buffer.Received(count);
            Assert.Equal(count == 0 && buffer.Unread.IsEmpty, buffer.IsEmpty);

            // More comes than goes at times, so that it grows; all goes at others, so that it is empty.
            var takesAll = buffer.Unread.Length > 50_000 || random.Next(4) == 0;
            var consumed = takesAll ? buffer.Unread.Length : random.Next(Math.Min(buffer.Unread.Length, 3_000) + 1);
            foreach (var each in buffer.Unread[..consumed])
                areInOrder &= each == expected++;
            buffer.Consume(consumed);
        }

        Assert.True(areInOrder);
    }

    [Fact]
    public void Append_BehindWhatIsThere_KeepsTheBytesInOrder()
    {
        var buffer = new InputBuffer();
        byte[] all = [.. Enumerable.Range(0, 50_000).Select(number => (byte)(number % 251))];
        buffer.Append(default);
        Assert.True(buffer.IsEmpty);
        buffer.Append(all.AsSpan(0, 10));
        buffer.Consume(3);
        buffer.Append(all.AsSpan(10, 20_000));
        buffer.Append(all.AsSpan(20_010));
        Assert.Equal(all[3..], buffer.Unread.ToArray());
    }

    [Fact]
    public void Consume_Everything_HoldsNothing()
    {
        var buffer = new InputBuffer();
        Assert.True(buffer.IsEmpty);
        buffer.Room().Span[0] = 7;
        buffer.Received(1);
        Assert.Equal([7], buffer.Unread.ToArray());
        buffer.Consume(1);
        Assert.True(buffer.IsEmpty);
        Assert.True(buffer.Unread.IsEmpty);
    }

    [Fact]
    public void Room_LargePacket_IsAtMostFourTimesWhatItHolds()
    {
        var buffer = new InputBuffer();
        var received = 0;
        while (received < 1_000_000)
        {
            var room = buffer.Room();
            Assert.InRange(room.Length, 1, Math.Max(4_096, 4 * received));
            var count = Math.Min(room.Length, 1_000);
            buffer.Received(count);
            received += count;
        }

        Assert.Equal(received, buffer.Unread.Length);
        buffer.Clear();
        Assert.True(buffer.IsEmpty);
    }
}
