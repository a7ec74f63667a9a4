using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

/// <summary>The hot path allocates nothing, good input or bad.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;
    private const int Passes = 5;

    private static readonly PacketType[] HotTypes =
    [
        PacketType.Publish, PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp, PacketType.PingReq, PacketType.PingResp,
    ];

    public static TheoryData<string> Hot => PacketCases.Names(packetCase => HotTypes.Contains((PacketType)(packetCase.Bytes[0] >> 4)));

    [Theory]
    [MemberData(nameof(Hot))]
    public void Decode_HotPacket_AllocatesNothing(string name)
    {
        var packetCase = PacketCases.Named(name);
        Assert.Equal(0, Measure(() => Decode(packetCase)));
    }

    [Theory]
    [MemberData(nameof(Hot))]
    public void Decode_HotPacketAcrossSegments_AllocatesNothing(string name)
    {
        var packetCase = PacketCases.Named(name);
        var halves = Segments.Split(packetCase.Bytes, packetCase.Bytes.Length / 2);
        Assert.Equal(0, Measure(() =>
        {
            var status = FrameReader.TryRead(in halves, packetCase.Version, AnyPacket.MaximumPacketSize, out var header, out var violation);
            if (status == DecodeStatus.Done)
            {
                var rest = halves.Slice(header.HeaderLength);
                using var body = new PacketBody(in rest);
                violation = DecodeBody(packetCase, header, body.Span);
            }

            if (violation != packetCase.Violation)
                throw new InvalidOperationException(violation.ToString());
        }));
    }

    [Fact]
    public void WriteForwarded_PropertiesLeftOut_AllocatesNothing()
    {
        // Message Expiry Interval 9 and Topic Alias 3 stay behind, Content Type "a" goes on.
        byte[] body = [0, 1, (byte)'t', 12, 0x02, 0, 0, 0, 9, 0x03, 0, 1, (byte)'a', 0x23, 0, 3];
        var destination = new byte[4];
        Assert.Equal(0, Measure(() =>
        {
            PacketDecoder.DecodePublish(ProtocolVersion.Mqtt5, 0, body, out var packet);
            packet.Properties.WriteForwarded(destination);
        }));
        Assert.Equal<byte>([0x03, 0, 1, (byte)'a'], destination);
    }

    [Fact]
    public void CountFilters_Subscribe_AllocatesNothing()
    {
        byte[] body = [0, 1, 0, 0, 1, (byte)'a', 0, 0, 1, (byte)'b', 1];
        var count = 0;
        Assert.Equal(0, Measure(() => count = PacketDecoder.CountFilters(ProtocolVersion.Mqtt5, PacketType.Subscribe, body)));
        Assert.Equal(2, count);
    }

    [Fact]
    public void Write_PublishAndAck_AllocatesNothing()
    {
        var destination = new byte[256];
        var topic = "a/b"u8.ToArray();
        uint[] identifiers = [1, 2];
        var written = 0;
        Assert.Equal(0, Measure(() =>
        {
            written += PacketEncoder.WritePublish(
                destination, ProtocolVersion.Mqtt5, QoS.AtLeastOnce, false, false, topic, 1, default, true, 9, identifiers, topic, 3);
            PacketEncoder.PatchPublish(destination, true, 2);
            written += PacketEncoder.WriteAck(destination, ProtocolVersion.Mqtt5, PacketType.PubAck, 1, ReasonCode.QuotaExceeded);
        }));
        Assert.NotEqual(0, written);
    }

    [Fact]
    public void Measure_AllocatingAction_IsSeen()
    {
        object? kept = null;
        Assert.NotEqual(0, Measure(() => kept = new byte[1]));
        Assert.NotNull(kept);
    }

    /// <summary>The least of several passes: what the action allocates it allocates in each, what the runtime does on this thread when code changes its tier it does once.</summary>
    private static long Measure(Action action)
    {
        var least = long.MaxValue;
        for (var pass = 0; pass < Passes; pass++)
        {
            action();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static void Decode(PacketCase packetCase)
    {
        var status = FrameReader.TryRead(packetCase.Bytes, packetCase.Version, AnyPacket.MaximumPacketSize, out var header, out var violation);
        if (status == DecodeStatus.Done)
            violation = DecodeBody(packetCase, header, packetCase.Bytes.AsSpan(header.HeaderLength));
        if (violation != packetCase.Violation)
            throw new InvalidOperationException(violation.ToString());
    }

    private static SpecViolation DecodeBody(PacketCase packetCase, FrameHeader header, ReadOnlySpan<byte> body) => header.Type switch
    {
        PacketType.Publish => PacketDecoder.DecodePublish(packetCase.Version, packetCase.Sender, header.Flags, body, out _),
        PacketType.PingReq or PacketType.PingResp => PacketDecoder.DecodePing(body),
        _ => PacketDecoder.DecodeAck(packetCase.Version, header.Type, body, out _),
    };
}
