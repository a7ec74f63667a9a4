using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>PUBLISH: <c>topic [packet identifier] [properties] payload</c> (MQTT5 section 3.3).</summary>
internal static class PublishDecoder
{
    public static SpecViolation Decode(
        ProtocolVersion version, PacketSender sender, byte flags, ReadOnlySpan<byte> body, out PublishPacket packet)
    {
        packet = default;
        var qos = (QoS)((flags >> 1) & 0b11);
        var dup = (flags & 0b1000) != 0;
        if (qos > QoS.ExactlyOnce)
            return SpecViolation.PublishQoSInvalid; // [MQTT5-3.3.1-4]
        if (dup && qos == QoS.AtMostOnce && version != ProtocolVersion.Mqtt31)
            return SpecViolation.DupWithQoS0; // [MQTT5-3.3.1-2]; 3.1 does not forbid it

        var reader = new PacketReader(body);
        var topic = reader.ReadBinary(); // [MQTT5-3.3.2-1] [MQTT311-3.3.2-1]
        var packetIdentifier = qos == QoS.AtMostOnce ? default : reader.ReadPacketIdentifier(); // [MQTT5-2.2.1-2] [MQTT311-2.3.1-5]
        var rawProperties = version == ProtocolVersion.Mqtt5 ? reader.Take(reader.ReadVariableByteInteger()) : default;
        var payload = reader.TakeRest();
        if (reader.Failed)
            return reader.Violation;

        var violation = PublishProperties.Read(rawProperties, sender, out var properties);
        if (violation == SpecViolation.None)
            violation = CheckTopic(version, topic, properties.TopicAlias);
        if (violation != SpecViolation.None)
            return violation;

        packet = new PublishPacket
        {
            Topic = topic,
            QoS = qos,
            Dup = dup && qos != QoS.AtMostOnce,
            Retain = (flags & 1) != 0,
            PacketIdentifier = packetIdentifier,
            Properties = properties,
            Payload = payload,
        };
        return SpecViolation.None;
    }

    private static SpecViolation CheckTopic(ProtocolVersion version, ReadOnlySpan<byte> topic, ushort topicAlias)
    {
        if (!topic.IsEmpty || version != ProtocolVersion.Mqtt5)
            return TopicName.Validate(topic);
        return topicAlias == 0 ? SpecViolation.TopicNameAndAliasMissing : SpecViolation.None;
    }
}
