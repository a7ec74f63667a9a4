using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

/// <summary>The hot path allocates nothing, good input or bad.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;

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

    private static long Measure(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Decode(PacketCase packetCase)
    {
        var status = FrameReader.TryRead(packetCase.Bytes, packetCase.Version, AnyPacket.MaximumPacketSize, out var header, out var violation);
        if (status == DecodeStatus.Done)
            violation = DecodeBody(packetCase, header);
        if (violation != packetCase.Violation)
            throw new InvalidOperationException(violation.ToString());
    }

    private static SpecViolation DecodeBody(PacketCase packetCase, FrameHeader header)
    {
        var body = packetCase.Bytes.AsSpan(header.HeaderLength);
        return header.Type switch
        {
            PacketType.Publish => PacketDecoder.DecodePublish(packetCase.Version, packetCase.Sender, header.Flags, body, out _),
            PacketType.PingReq or PacketType.PingResp => PacketDecoder.DecodePing(body),
            _ => PacketDecoder.DecodeAck(packetCase.Version, header.Type, body, out _),
        };
    }
}
