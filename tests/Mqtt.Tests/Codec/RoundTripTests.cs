using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Tests.Cases;

namespace OrleansBroker.Mqtt.Tests.Codec;

public sealed class RoundTripTests(ITestOutputHelper output)
{
    private const int Cases = 20_000;

    [Fact]
    public void Decode_EncodedRandomPackets_GivesThemBack()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var packets = new RandomPackets(random);
        for (var i = 0; i < Cases; i++)
        {
            var version = packets.Version();
            var sender = (PacketSender)random.Next(2);
            var packet = packets.Next(version, sender);
            var bytes = AnyPacket.Encode(packet, version);
            var buffer = Segments.Split(bytes, random.Next(bytes.Length + 1));

            var status = AnyPacket.Decode(buffer, version, sender, out var decoded, out var violation);

            Assert.True(status == DecodeStatus.Done && AnyPacket.Text(packet) == AnyPacket.Text(decoded),
                $"seed {seed}, case {i}, {version}: {violation}\n{AnyPacket.Text(packet)}\n{AnyPacket.Text(decoded)}\n{Convert.ToHexString(bytes)}");
            Assert.Equal(SpecViolation.None, violation);
        }
    }
}
