using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

/// <summary>Whatever the bytes are, decoding answers, and the bytes around the packet have no say in it.</summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    private const int Cases = 200_000;
    private const int Margin = 16;

    [Fact]
    public void Decode_RandomBodies_AnswersTheSameWhateverSurroundsThem()
    {
        var random = NewRandom(out var seed);
        for (var i = 0; i < Cases; i++)
        {
            var body = new byte[random.Next(64)];
            random.NextBytes(body);
            foreach (ref var octet in body.AsSpan())
                octet = random.Next(3) == 0 ? (byte)random.Next(4) : octet;
            var type = (PacketType)random.Next(1, 16);
            var flags = type == PacketType.Publish ? random.Next(16) : 0;
            AssertSameAnswer(RandomVersion(random), (PacketSender)random.Next(2), new FrameHeader(type, (byte)flags, 2, body.Length), body, seed, i);
        }
    }

    [Fact]
    public void Decode_MutatedPackets_AnswersTheSameWhateverSurroundsThem()
    {
        var random = NewRandom(out var seed);
        for (var i = 0; i < Cases; i++)
        {
            var packetCase = PacketCases.All[random.Next(PacketCases.All.Count)];
            if (FrameReader.TryRead(packetCase.Bytes, AnyPacket.MaximumPacketSize, out var header, out _) != DecodeStatus.Done)
                continue;
            var body = Mutate(packetCase.Bytes.AsSpan(header.HeaderLength), random);
            AssertSameAnswer(packetCase.Version, packetCase.Sender, header, body, seed, i);
        }
    }

    [Fact]
    public void TryRead_RandomBytes_AnswersWithinTheBuffer()
    {
        var random = NewRandom(out var seed);
        Span<byte> buffer = stackalloc byte[8];
        for (var i = 0; i < Cases; i++)
        {
            random.NextBytes(buffer);
            var slice = buffer[..random.Next(buffer.Length + 1)];
            var status = FrameReader.TryRead(slice, RandomVersion(random), 1000, out var header, out var violation);
            Assert.Equal(status == DecodeStatus.Violation, violation != SpecViolation.None);
            Assert.True(status != DecodeStatus.Done || (header.HeaderLength <= slice.Length && header.PacketLength <= 1000), $"seed {seed}, case {i}");
            Assert.True(status != DecodeStatus.NeedMoreData || slice.Length < 5, $"seed {seed}, case {i}");
        }
    }

    private static ProtocolVersion RandomVersion(Random random) => (ProtocolVersion)random.Next(3, 6);

    private static byte[] Mutate(ReadOnlySpan<byte> body, Random random)
    {
        var mutated = new List<byte>(body.Length + 4);
        mutated.AddRange(body);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(mutated.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    mutated.Insert(at, (byte)random.Next(256));
                    break;
                case 1 when at < mutated.Count:
                    mutated.RemoveAt(at);
                    break;
                case 2 when at < mutated.Count:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
            }
        }

        return [.. mutated];
    }

    private static void AssertSameAnswer(
        ProtocolVersion version, PacketSender sender, FrameHeader header, byte[] body, int seed, int index)
    {
        try
        {
            var violation = DecodeWithin(0x00, version, sender, header, body, out var packet);
            var again = DecodeWithin(0xFF, version, sender, header, body, out var packetAgain);
            Assert.Equal(violation, again);
            Assert.Equal(AnyPacket.Text(packet), AnyPacket.Text(packetAgain));
            Assert.True(Enum.IsDefined(violation));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"seed {seed}, case {index}: {version} {sender} {header} {Convert.ToHexString(body)}", exception);
        }
    }

    private static SpecViolation DecodeWithin(
        byte margin, ProtocolVersion version, PacketSender sender, FrameHeader header, byte[] body, out object? packet)
    {
        var surrounded = new byte[Margin + body.Length + Margin];
        surrounded.AsSpan().Fill(margin);
        body.CopyTo(surrounded, Margin);
        var violation = AnyPacket.DecodeBody(version, sender, header, surrounded.AsSpan(Margin, body.Length), out packet);
        Assert.True(surrounded.AsSpan(Margin, body.Length).SequenceEqual(body));
        return violation;
    }

    private Random NewRandom(out int seed)
    {
        seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
