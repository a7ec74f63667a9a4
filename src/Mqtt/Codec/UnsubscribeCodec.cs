using System.Text;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>UNSUBSCRIBE: <c>packet identifier [properties] 1*filter</c> (MQTT5 section 3.10); filters fail alone as in SUBSCRIBE.</summary>
internal static class UnsubscribeCodec
{
    public static SpecViolation Decode(ProtocolVersion version, ReadOnlySpan<byte> body, out UnsubscribePacket? packet)
    {
        packet = null;
        var reader = new PacketReader(body);
        var packetIdentifier = reader.ReadPacketIdentifier();
        var properties = PropertyBag.Read(ref reader, version, PropertyScope.Unsubscribe);
        if (!reader.Failed && reader.IsDone)
            reader.Fail(SpecViolation.UnsubscribeEmpty); // [MQTT5-3.10.3-2]

        var requests = new List<UnsubscriptionRequest>();
        while (!reader.IsDone)
        {
            var utf8 = reader.ReadUtf8(); // [MQTT5-3.10.3-1] [MQTT311-3.10.3-1]
            if (reader.Failed)
                break;
            _ = TopicFilter.TryParse(utf8, out var filter, out var violation);
            requests.Add(new(filter?.Text ?? Encoding.UTF8.GetString(utf8)) { Filter = filter, FilterViolation = violation });
        }

        if (reader.Failed)
            return reader.Violation;
        packet = new UnsubscribePacket
        {
            PacketIdentifier = packetIdentifier,
            UserProperties = properties.UserProperties,
            Requests = requests,
        };
        return SpecViolation.None;
    }

    public static void Write(ref PacketWriter writer, UnsubscribePacket packet, ProtocolVersion version)
    {
        writer.WriteUInt16(packet.PacketIdentifier);
        if (version == ProtocolVersion.Mqtt5)
            writer.WriteProperties(packet, WriteProperties);
        for (var i = 0; i < packet.Requests.Count; i++)
            writer.WriteString(packet.Requests[i].Text);
    }

    private static void WriteProperties(ref PacketWriter writer, UnsubscribePacket packet) => writer.WriteUserProperties(packet.UserProperties);
}
