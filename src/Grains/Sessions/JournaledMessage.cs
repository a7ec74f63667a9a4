using System.Buffers.Binary;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Records;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A message of a session's queue or window as its journal has it.</summary>
/// <param name="Message">Without publication if the payload was not read.</param>
/// <param name="PacketIdentifier">0 for one that was queued.</param>
/// <param name="Bytes">Of topic, properties and payload.</param>
/// <param name="QueuedAtUtcSecond">When it was recorded; 0 in a record of an older program.</param>
internal readonly record struct JournaledMessage(OutboundMessage Message, ushort PacketIdentifier, int Bytes, uint QueuedAtUtcSecond)
{
    /// <summary>As many subscriptions as a session may have and overlap: a damaged count must not allocate more.</summary>
    private const uint MaxIdentifiers = 65_536;

    /// <summary>False when the record says nothing sensible.</summary>
    public static bool TryRead(in JournalRecord record, BrokerClock clock, out JournaledMessage read)
    {
        read = default;
        if (!record.HasPayload || record.Key.Length != SessionJournal.KeyBytes || record.Key[0] != SessionJournal.MessageKind) return false;
        var fields = new RecordFields(record.Value);
        var packetIdentifier = fields.UInt16();
        var qos = (QoS)fields.Byte();
        var retain = fields.Bool();
        var identifiers = new uint[Math.Min(fields.UInt32(), MaxIdentifiers)];
        for (var i = 0; i < identifiers.Length; i++) identifiers[i] = fields.UInt32();
        var head = MessageFields.ReadHead(ref fields, clock);
        var bytes = fields.Short();
        var shared = RecordedFilter.ReadShared(ref fields);
        var queuedAt = fields.Short();
        var publication = record.Payload.IsDefault ? null : head.With(record.Payload);
        if (qos > QoS.ExactlyOnce || !head.IsSensible || (publication is null && !record.Payload.IsDefault)) return false;
        var message = new OutboundMessage
        {
            Publication = publication,
            Sequence = BinaryPrimitives.ReadInt64BigEndian(record.Key[1..]),
            QoS = qos,
            Retain = retain,
            SubscriptionIdentifiers = identifiers.Length == 0 ? null : identifiers,
            Shared = shared,
            Record = Journal.Stored,
            // Of a shared group another member may have it: there the group decides.
            Origin = qos == QoS.ExactlyOnce && shared is null ? head.Origin : null,
        };
        read = new JournaledMessage(message, packetIdentifier, (int)Math.Min(bytes, int.MaxValue), queuedAt);
        return true;
    }
}
