using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Codec;

/// <summary>Packets as clients send them.</summary>
internal static class Packets
{
    public static readonly byte[] Topic = "plant/17/sensor/42/temperature"u8.ToArray();

    // Content Type and one User Property, as encoded in 5.0.
    public static readonly byte[] Properties = [0x03, 0, 10, .. "text/plain"u8, 0x26, 0, 4, .. "unit"u8, 0, 1, .. "C"u8];

    public static byte[] Publish(ProtocolVersion version, QoS qos, int payloadBytes, bool hasProperties = true, ushort packetIdentifier = 7)
    {
        byte[] properties = hasProperties && version == ProtocolVersion.Mqtt5 ? Properties : [];
        var packet = new byte[PacketEncoder.PublishLength(version, qos, Topic.Length, properties.Length, false, [], payloadBytes)];
        PacketEncoder.WritePublish(packet, version, qos, false, false, Topic, packetIdentifier, properties, false, 0, [], new byte[payloadBytes]);
        return packet;
    }

    public static byte[] Encode(ControlPacket packet, ProtocolVersion version)
    {
        var bytes = new byte[PacketEncoder.Measure(packet, version)];
        PacketEncoder.Write(bytes, packet, version);
        return bytes;
    }

    /// <summary>Without the fixed header.</summary>
    public static byte[] BodyOf(byte[] packet)
    {
        FrameReader.TryRead(packet, int.MaxValue, out var header, out _);
        return packet[header.HeaderLength..];
    }
}
