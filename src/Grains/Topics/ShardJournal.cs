using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Records;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>Encodes a shard's changes. Keys: kind, then the topic; or kind, filter, NUL (which neither may hold), client id.</summary>
internal sealed class ShardJournal(Journal journal, BrokerClock clock) : IShardJournal
{
    internal const byte RetainedKind = (byte)'t';
    internal const byte RouteKind = (byte)'r';

    private const int ScratchBytes = 512;

    public ulong PutRetained(Publication publication)
    {
        Span<byte> key = stackalloc byte[ScratchBytes];
        Span<byte> value = stackalloc byte[ScratchBytes];
        var keyWriter = KeyOf(key, publication.Topic);
        var writer = new RecordWriter(value);
        MessageFields.Write(ref writer, publication, clock);
        return journal.Put(keyWriter.Written, writer.Written, Journal.Stored, publication.Body);
    }

    public ulong RemoveRetained(ReadOnlySpan<byte> topic)
    {
        Span<byte> key = stackalloc byte[ScratchBytes];
        return journal.Remove(KeyOf(key, topic).Written);
    }

    public ulong PutRoute(Route route)
    {
        Span<byte> key = stackalloc byte[ScratchBytes];
        Span<byte> value = stackalloc byte[ScratchBytes];
        var writer = new RecordWriter(value);
        writer.Text(route.Filter.Text);
        writer.Text(route.Receiver.ClientId);
        writer.Int64(route.Incarnation);
        writer.UInt32(route.Grant.Version);
        writer.Byte((byte)route.Grant.QoS);
        writer.Bool(route.Grant.NoLocal);
        writer.Bool(route.Grant.RetainAsPublished);
        writer.UInt32(route.Grant.Identifier);
        return journal.Put(KeyOf(key, route.Filter, route.Receiver.ClientId).Written, writer.Written);
    }

    public ulong RemoveRoute(TopicFilter filter, string clientId)
    {
        Span<byte> key = stackalloc byte[ScratchBytes];
        return journal.Remove(KeyOf(key, filter, clientId).Written);
    }

    /// <summary>A topic longer than a key may be is represented by its hash; the topic itself stands in the payload.</summary>
    private static RecordWriter KeyOf(Span<byte> scratch, ReadOnlySpan<byte> topic)
    {
        var writer = new RecordWriter(scratch);
        writer.Byte(RetainedKind);
        LongKey.Write(ref writer, topic);
        return writer;
    }

    private static RecordWriter KeyOf(Span<byte> scratch, TopicFilter filter, string clientId)
    {
        var writer = new RecordWriter(scratch);
        writer.Byte(RouteKind);
        LongKey.Write(ref writer, Encoding.UTF8.GetBytes(filter.Text + '\0' + clientId));
        return writer;
    }
}
