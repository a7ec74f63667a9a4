using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Codec;

public sealed class FilterCounterTests
{
    private static readonly byte[] Subscribe311 = [0, 1, 0, 1, (byte)'a', 1, 0, 2, (byte)'b', (byte)'c', 0, 0, 0, 0];
    private static readonly byte[] Subscribe5 = [0, 1, 2, 0x0B, 7, 0, 1, (byte)'a', 1, 0, 2, (byte)'b', (byte)'c', 0];
    private static readonly byte[] Unsubscribe311 = [0, 1, 0, 1, (byte)'a', 0, 2, (byte)'b', (byte)'c'];
    private static readonly byte[] Unsubscribe5 = [0, 1, 0, 0, 1, (byte)'a', 0, 0];

    [Fact]
    public void CountFilters_WholePackets_CountsValidAndInvalidOnes()
    {
        Assert.Equal(3, PacketDecoder.CountFilters(ProtocolVersion.Mqtt311, PacketType.Subscribe, Subscribe311));
        Assert.Equal(2, PacketDecoder.CountFilters(ProtocolVersion.Mqtt5, PacketType.Subscribe, Subscribe5));
        Assert.Equal(2, PacketDecoder.CountFilters(ProtocolVersion.Mqtt311, PacketType.Unsubscribe, Unsubscribe311));
        Assert.Equal(2, PacketDecoder.CountFilters(ProtocolVersion.Mqtt5, PacketType.Unsubscribe, Unsubscribe5));
        Assert.Equal(SpecViolation.None, PacketDecoder.DecodeSubscribe(ProtocolVersion.Mqtt5, Subscribe5, out var packet));
        Assert.Equal(2, packet!.Requests.Count);
    }

    [Fact]
    public void CountFilters_CutAnywhere_CountsThoseBeforeTheCut()
    {
        foreach (var version in new[] { ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5 })
        {
            var body = version == ProtocolVersion.Mqtt5 ? Subscribe5 : Subscribe311;
            var whole = PacketDecoder.CountFilters(version, PacketType.Subscribe, body);
            var last = 0;
            for (var length = 0; length < body.Length; length++)
            {
                var count = PacketDecoder.CountFilters(version, PacketType.Subscribe, body.AsSpan(0, length));
                Assert.InRange(count, last, whole - 1);
                last = count;
            }
        }
    }

    [Fact]
    public void CountFilters_RandomBytes_NeverThrows()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var body = new byte[random.Next(0, 40)];
            random.NextBytes(body);
            Assert.InRange(PacketDecoder.CountFilters(ProtocolVersion.Mqtt5, PacketType.Unsubscribe, body), 0, body.Length);
        }
    }
}
