using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter2;

/// <summary>MQTT5 section 2.1, MQTT311 section 2.2: the fixed header.</summary>
public sealed class PacketFormatTests(BrokerFixture broker)
{
    private static readonly MqttVersion[] WithReservedFlags = [MqttVersion.V311, MqttVersion.V50];

    /// <summary>Packet by packet with each value of its flags that the standard does not allow; 3.1 reserves none.</summary>
    public static TheoryData<MqttVersion, string> FlaggedPackets
    {
        get
        {
            var data = new TheoryData<MqttVersion, string>();
            foreach (var version in WithReservedFlags)
            {
                foreach (var name in PacketsWithFixedFlags(version).Select(packet => packet.Name))
                    data.Add(version, name);
            }

            return data;
        }
    }

    public static TheoryData<MqttVersion, string, byte[], byte[]> Faults
    {
        get
        {
            (string Name, byte[] Bytes, byte[] Reasons)[] faults =
            [
                ("packet type 0", [0x00, 0x00], BadInput.Either),
                ("CONNACK of a client", [0x20, 0x02, 0x00, 0x00], BadInput.Either),
                ("SUBACK of a client", [0x90, 0x03, 0x00, 0x01, 0x00], BadInput.Either),
                ("UNSUBACK of a client", [0xB0, 0x02, 0x00, 0x01], BadInput.Either),
                ("PINGRESP of a client", [0xD0, 0x00], BadInput.Either),
                ("PINGREQ with a body", [0xC0, 0x01, 0x00], BadInput.Malformed),
                ("PUBACK of one byte", [0x40, 0x01, 0x00], BadInput.Malformed),
                ("PUBACK empty", [0x40, 0x00], BadInput.Malformed),
                ("PUBACK with a byte too many", [0x40, 0x05, 0x00, 0x01, 0x00, 0x00, 0x00], BadInput.Malformed),
            ];
            var data = new TheoryData<MqttVersion, string, byte[], byte[]>();
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                foreach (var (name, bytes, reasons) in faults)
                    data.Add(version, name, bytes, reasons);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(FlaggedPackets))]
    [Spec("MQTT5-2.1.3-1")]
    [Spec("MQTT311-2.2.2-1")]
    [Spec("MQTT311-2.2.2-2")]
    [Spec("MQTT5-3.8.1-1")]
    [Spec("MQTT5-3.10.1-1")]
    [Spec("MQTT311-3.8.1-1")]
    [Spec("MQTT311-3.10.1-1")]
    public async Task Flags_OtherThanReserved_Close(MqttVersion version, string name)
    {
        var packet = PacketsWithFixedFlags(version).Single(packet => packet.Name == name).Bytes;
        for (var flags = 0; flags < 16; flags++)
        {
            var first = (packet[0] & 0xF0) | flags;
            if (first != packet[0])
                await broker.ExpectRefusalAsync(version, BadInput.WithFirst(first, packet), BadInput.Malformed);
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    [Spec("MQTT5-4.13.1-1")]
    [Spec("MQTT311-4.8.0-1")]
    public async Task Packet_OfNoClientOrOfAWrongLength_Closes(MqttVersion version, string name, byte[] bytes, byte[] reasons)
    {
        Assert.NotEmpty(name);
        await broker.ExpectRefusalAsync(version, bytes, reasons);
    }

    private static IEnumerable<(string Name, byte[] Bytes)> PacketsWithFixedFlags(MqttVersion version) =>
    [
        ("PUBACK", Packet.Acknowledge(PacketType.PubAck, 1)),
        ("PUBREC", Packet.Acknowledge(PacketType.PubRec, 1)),
        ("PUBREL", Packet.Acknowledge(PacketType.PubRel, 1)),
        ("PUBCOMP", Packet.Acknowledge(PacketType.PubComp, 1)),
        ("SUBSCRIBE", Packet.Subscribe(version, 1, [("a", 0)])),
        ("UNSUBSCRIBE", Packet.Unsubscribe(version, 1, "a")),
        ("PINGREQ", Packet.PingReq),
        ("DISCONNECT", Packet.Disconnect(version)),
        .. version == MqttVersion.V50 ? new[] { ("AUTH", new byte[] { 0xF0, 0x00 }) } : [],
    ];
}
