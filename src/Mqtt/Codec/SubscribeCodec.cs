using System.Text;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Codec;

/// <summary>
/// SUBSCRIBE: <c>packet identifier [properties] 1*(filter options)</c> (MQTT5 section 3.8). What makes the packet itself unreadable or is a Protocol
/// Error ends the connection; a filter that is a proper string but no valid filter fails alone, in SUBACK.
/// </summary>
internal static class SubscribeCodec
{
    private const int NoLocal = 1 << 2;
    private const int RetainAsPublished = 1 << 3;
    private const int RetainHandlingShift = 4;

    public static SpecViolation Decode(ProtocolVersion version, ReadOnlySpan<byte> body, out SubscribePacket? packet)
    {
        packet = null;
        var reader = new PacketReader(body);
        var packetIdentifier = reader.ReadPacketIdentifier();
        var properties = PropertyBag.Read(ref reader, version, PropertyScope.Subscribe);
        if (!reader.Failed && reader.IsDone)
            reader.Fail(SpecViolation.SubscribeEmpty); // [MQTT5-3.8.3-2]

        var requests = new List<SubscriptionRequest>();
        while (!reader.IsDone)
        {
            if (ReadRequest(ref reader, version) is { } request)
                requests.Add(request);
        }

        if (reader.Failed)
            return reader.Violation;
        packet = new SubscribePacket
        {
            PacketIdentifier = packetIdentifier,
            SubscriptionIdentifier = properties.Number(PropertyId.SubscriptionIdentifier) ?? 0,
            UserProperties = properties.UserProperties,
            Requests = requests,
        };
        return SpecViolation.None;
    }

    public static void Write(ref PacketWriter writer, SubscribePacket packet, ProtocolVersion version)
    {
        writer.WriteUInt16(packet.PacketIdentifier);
        if (version == ProtocolVersion.Mqtt5)
            writer.WriteProperties(packet, WriteProperties);
        for (var i = 0; i < packet.Requests.Count; i++)
        {
            writer.WriteString(packet.Requests[i].Text);
            writer.WriteByte(OptionsOf(packet.Requests[i], version));
        }
    }

    private static SubscriptionRequest? ReadRequest(ref PacketReader reader, ProtocolVersion version)
    {
        var utf8 = reader.ReadUtf8(); // [MQTT5-3.8.3-1] [MQTT311-3.8.3-1]
        var options = reader.ReadByte();
        if (reader.Failed)
            return null;

        _ = TopicFilter.TryParse(utf8, out var filter, out var filterViolation);
        var violation = CheckOptions(version, options, filter);
        if (violation != SpecViolation.None)
        {
            reader.Fail(violation);
            return null;
        }

        return new SubscriptionRequest(
            filter?.Text ?? Encoding.UTF8.GetString(utf8),
            (QoS)(options & 0b11),
            (options & NoLocal) != 0,
            (options & RetainAsPublished) != 0,
            (RetainHandling)(options >> RetainHandlingShift))
        {
            Filter = filter,
            FilterViolation = filterViolation,
        };
    }

    private static SpecViolation CheckOptions(ProtocolVersion version, byte options, TopicFilter? filter)
    {
        var reserved = version == ProtocolVersion.Mqtt5 ? 0b1100_0000 : 0b1111_1100;
        if ((options & reserved) != 0)
            return SpecViolation.SubscriptionOptionsInvalid; // [MQTT5-3.8.3-5] [MQTT311-3.8.3-4]
        if ((options & 0b11) > (int)QoS.ExactlyOnce)
            return SpecViolation.SubscriptionQoSInvalid; // [MQTT311-3.8.3-4]
        if (options >> RetainHandlingShift > (int)RetainHandling.DoNotSend)
            return SpecViolation.RetainHandlingInvalid;
        var noLocalOnShared = (options & NoLocal) != 0 && filter is { IsShared: true };
        return noLocalOnShared ? SpecViolation.NoLocalOnSharedSubscription : SpecViolation.None; // [MQTT5-3.8.3-4]
    }

    private static byte OptionsOf(SubscriptionRequest request, ProtocolVersion version)
    {
        var options = (int)request.QoS;
        if (version == ProtocolVersion.Mqtt5)
        {
            options |= request.NoLocal ? NoLocal : 0;
            options |= request.RetainAsPublished ? RetainAsPublished : 0;
            options |= (int)request.RetainHandling << RetainHandlingShift;
        }

        return (byte)options;
    }

    private static void WriteProperties(ref PacketWriter writer, SubscribePacket packet)
    {
        writer.WriteProperty(PropertyId.SubscriptionIdentifier, packet.SubscriptionIdentifier, absent: 0);
        writer.WriteUserProperties(packet.UserProperties);
    }
}
