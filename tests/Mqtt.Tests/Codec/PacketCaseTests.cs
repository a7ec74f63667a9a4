using System.Buffers;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

/// <summary>The shared table, in every way that bytes can arrive.</summary>
public sealed class PacketCaseTests
{
    public static TheoryData<string> All => PacketCases.Names(_ => true);

    public static TheoryData<string> EncodedBack => PacketCases.Names(packetCase => packetCase.EncodesBack);

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_WholePacket_GivesExpected(string name)
    {
        var packetCase = PacketCases.Named(name);
        AssertDecodes(packetCase, new ReadOnlySequence<byte>(packetCase.Bytes));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_FollowedByOtherBytes_GivesExpected(string name)
    {
        var packetCase = PacketCases.Named(name);
        AssertDecodes(packetCase, new ReadOnlySequence<byte>([.. packetCase.Bytes, .. Enumerable.Repeat((byte)0xFF, 300)]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_SplitAtEachByte_GivesExpected(string name)
    {
        var packetCase = PacketCases.Named(name);
        for (var split = 0; split <= packetCase.Bytes.Length; split++)
            AssertDecodes(packetCase, Segments.Split(packetCase.Bytes, split));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_EachPrefix_NeedsMoreDataOrSeesTheViolationEarly(string name)
    {
        var packetCase = PacketCases.Named(name);
        for (var length = 0; length < packetCase.Bytes.Length; length++)
        {
            var prefix = new ReadOnlySequence<byte>(packetCase.Bytes, 0, length);
            var status = AnyPacket.Decode(prefix, packetCase.Version, packetCase.Sender, out var packet, out var violation);
            Assert.Null(packet);
            Assert.Equal(status == DecodeStatus.Violation ? packetCase.Violation : SpecViolation.None, violation);
            Assert.NotEqual(DecodeStatus.Done, status);
        }
    }

    [Theory]
    [MemberData(nameof(EncodedBack))]
    public void Encode_ExpectedPacket_GivesBytes(string name)
    {
        var packetCase = PacketCases.Named(name);
        Assert.Equal(packetCase.Bytes, AnyPacket.Encode(packetCase.Expected!, packetCase.Version));
    }

    [Fact]
    public void Table_AllPacketTypes_HaveGoodCasesInEveryVersionThatKnowsThem()
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var types = PacketCases.All
                .Where(packetCase => packetCase.Version == version && packetCase.Expected is not null)
                .Select(packetCase => (PacketType)(packetCase.Bytes[0] >> 4))
                .ToHashSet();
            var known = Enum.GetValues<PacketType>().Where(type => type != PacketType.Auth || version == ProtocolVersion.Mqtt5);
            Assert.Equal(known.Order(), types.Order());
        }
    }

    private static void AssertDecodes(PacketCase packetCase, ReadOnlySequence<byte> buffer)
    {
        var status = AnyPacket.Decode(buffer, packetCase.Version, packetCase.Sender, out var packet, out var violation);
        Assert.Equal(packetCase.Violation, violation);
        Assert.Equal(packetCase.Violation == SpecViolation.None ? DecodeStatus.Done : DecodeStatus.Violation, status);
        Assert.Equal(AnyPacket.Text(packetCase.Expected), AnyPacket.Text(packet));
    }
}
