using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Records;

/// <summary>A publication in a journal: its fields in the record, its body as shared payload (invariant H3), its expiry as UTC (invariant B16).</summary>
internal static class MessageFields
{
    private const byte RetainFlag = 4;
    private const byte QoSMask = 3;

    public static void Write(ref RecordWriter writer, Publication publication, BrokerClock clock)
    {
        writer.UInt32((uint)publication.TopicLength);
        writer.UInt32((uint)publication.PropertiesLength);
        writer.Byte((byte)((byte)publication.QoS | (publication.Retain ? RetainFlag : 0)));
        writer.Int64(clock.ToUtcMilliseconds(publication.ExpiresAtMilliseconds));
        writer.Text(publication.PublisherClientId);
        writer.UInt16(publication.PacketIdentifier);
    }

    /// <summary>Null when the record says nothing sensible, or the payload does not hold what it says.</summary>
    public static Publication? Read(ref RecordFields fields, ImmutableArray<byte> payload, BrokerClock clock)
    {
        var topicLength = fields.UInt32();
        var propertiesLength = fields.UInt32();
        var flags = fields.Byte();
        var expires = fields.Int64();
        var publisher = fields.Text();
        var identifier = fields.UInt16();
        if (payload.IsDefault || topicLength == 0 || (flags & QoSMask) > (byte)QoS.ExactlyOnce) return null;
        if ((long)topicLength + propertiesLength > payload.Length) return null;
        return new Publication(
            ImmutableCollectionsMarshal.AsArray(payload)!, (int)topicLength, (int)propertiesLength, (QoS)(flags & QoSMask), (flags & RetainFlag) != 0, publisher ?? "")
        {
            ExpiresAtMilliseconds = clock.FromUtcMilliseconds(expires),
            PacketIdentifier = identifier,
        };
    }
}
