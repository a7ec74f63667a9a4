using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Records;

/// <summary>A publication in a journal: its fields in the record, its body as shared payload (invariant H3), its expiry as UTC (invariant B16).</summary>
internal static class MessageFields
{
    private const byte QoSMask = 3;
    private const byte RetainFlag = 4;
    private const byte ExpiryFlag = 8;
    private const byte OriginFlag = 16;

    public static void Write(ref RecordWriter writer, Publication publication, BrokerClock clock)
    {
        var expires = publication.ExpiresAtMilliseconds != Publication.NeverExpires;
        var origin = publication.Origin;
        writer.Byte((byte)((byte)publication.QoS | (publication.Retain ? RetainFlag : 0) | (expires ? ExpiryFlag : 0) | (origin is null ? 0 : OriginFlag)));
        writer.Short((uint)publication.TopicLength);
        writer.Short((uint)publication.PropertiesLength);
        if (expires) writer.Int64(clock.ToUtcMilliseconds(publication.ExpiresAtMilliseconds));
        writer.ShortText(publication.PublisherClientId);
        writer.UInt16(publication.PacketIdentifier);
        if (origin is null) return;
        writer.Int64(origin.Incarnation);
        writer.Int64(origin.Sequence);
    }

    /// <summary>Null when the record says nothing sensible, or the payload does not hold what it says.</summary>
    public static Publication? Read(ref RecordFields fields, ImmutableArray<byte> payload, BrokerClock clock) => ReadHead(ref fields, clock).With(payload);

    /// <summary>What the record says, without the payload.</summary>
    public static Head ReadHead(ref RecordFields fields, BrokerClock clock)
    {
        var flags = fields.Byte();
        var topicLength = fields.Short();
        var propertiesLength = fields.Short();
        var expires = (flags & ExpiryFlag) != 0 ? clock.FromUtcMilliseconds(fields.Int64()) : Publication.NeverExpires;
        var publisher = fields.ShortText();
        var identifier = fields.UInt16();
        var origin = (flags & OriginFlag) != 0 ? new MessageOrigin(fields.Int64(), fields.Int64(), LowestOpen: 0) : null;
        return new Head(flags, topicLength, propertiesLength, expires, publisher, identifier, origin);
    }

    /// <summary>The fields of a publication.</summary>
    internal readonly record struct Head(
        byte Flags, uint TopicLength, uint PropertiesLength, long ExpiresAtMilliseconds, string Publisher, ushort PacketIdentifier, MessageOrigin? Origin)
    {
        public bool IsSensible => TopicLength is > 0 and <= ushort.MaxValue && (Flags & QoSMask) <= (byte)QoS.ExactlyOnce;

        public Publication? With(ImmutableArray<byte> payload)
        {
            if (payload.IsDefault || !IsSensible || (long)TopicLength + PropertiesLength > payload.Length) return null;
            return new Publication(
                ImmutableCollectionsMarshal.AsArray(payload)!, (int)TopicLength, (int)PropertiesLength, (QoS)(Flags & QoSMask), (Flags & RetainFlag) != 0, Publisher)
            {
                ExpiresAtMilliseconds = ExpiresAtMilliseconds,
                PacketIdentifier = PacketIdentifier,
                Origin = Origin,
            };
        }
    }
}
