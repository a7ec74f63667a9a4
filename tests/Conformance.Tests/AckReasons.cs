using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>The reason codes that PUBACK, PUBREC, PUBREL and PUBCOMP may have (MQTT5 sections 3.4.2.1 to 3.7.2.1).</summary>
internal static class AckReasons
{
    public static readonly byte[] OfPublish = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
    public static readonly byte[] OfRelease = [0x00, 0x92];

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP in one of the forms that say the same: as short as it may be, or with all fields.</summary>
    public static byte[][] Forms(PacketType type, int packetIdentifier, byte reason)
    {
        var first = ((int)type << 4) | (type == PacketType.PubRel ? 0x02 : 0);
        byte[][] explained = [Property.UserProperty("name", "value"), Property.Utf8(PropertyId.ReasonString, "why"), Property.UserProperty("", "")];
        return
        [
            Packet.Acknowledge(type, packetIdentifier, reason),
            new ByteBuilder().UInt16(packetIdentifier).Byte(reason).ToPacket(first),
            new ByteBuilder().UInt16(packetIdentifier).Byte(reason).Properties().ToPacket(first),
            new ByteBuilder().UInt16(packetIdentifier).Byte(reason).Properties(explained).ToPacket(first),
        ];
    }

    /// <summary>Every code but these closes the connection of the client that sends it.</summary>
    public static async Task ExpectOnlyAsync(this BrokerFixture broker, PacketType type, byte[] allowed)
    {
        for (var code = 0; code <= byte.MaxValue; code++)
        {
            if (allowed.Contains((byte)code))
                continue;
            await using var client = await broker.ConnectAsync(MqttVersion.V50);
            await client.SendAsync(new ByteBuilder().UInt16(1).Byte(code).ToPacket(((int)type << 4) | (type == PacketType.PubRel ? 0x02 : 0)));
            await client.ExpectDisconnectAsync(BadInput.Either);
        }
    }
}
