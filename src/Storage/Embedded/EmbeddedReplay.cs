using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// Hands a journal's records out in the order of their last write, though they are stored by key: the order of all is gathered first, then the records are read.
/// A journal that is small is read once.
/// </summary>
internal sealed class EmbeddedReplay(EmbeddedDatabase database, JournalId journal, IJournalReplay replay)
{
    /// <summary>Values beyond this are read again in their turn: a queue of any length takes 16 bytes and its key for each record.</summary>
    private const int MaxKeptBytes = 1024 * 1024;

    private readonly List<Entry> _entries = [];
    private readonly List<byte> _kept = [];
    private long _payloadBytes;

    public void Run(ulong id)
    {
        var prefix = new byte[EmbeddedKeys.RecordPrefixBytes];
        EmbeddedKeys.WriteRecords(prefix, id);
        database.Scan(prefix, prefix, this, static (self, key, value) => self.Gather(key, value));
        _entries.Sort(static (left, right) => left.Order.CompareTo(right.Order));
        foreach (var entry in _entries)
        {
            var kept = CollectionsMarshal.AsSpan(_kept);
            var value = entry.ValueLength >= 0
                ? kept.Slice(entry.Start + entry.KeyLength, entry.ValueLength)
                : database.Get(kept.Slice(entry.Start, entry.KeyLength));
            HandOut(value);
        }
    }

    /// <summary>One record, by its stored key.</summary>
    public void Read(ReadOnlySpan<byte> key)
    {
        if (database.Get(key) is { } value) HandOut(value);
    }

    /// <summary>A part of the records, by their keys and so in their order.</summary>
    public void Read(ulong id, JournalScan scan)
    {
        Span<byte> prefix = stackalloc byte[EmbeddedKeys.MaxRecordBytes];
        Span<byte> from = stackalloc byte[EmbeddedKeys.MaxRecordBytes];
        prefix = prefix[..EmbeddedKeys.WriteRecord(prefix, id, scan.Prefix.Span)];
        from = from[..EmbeddedKeys.WriteRecord(from, id, scan.After.Span)];
        var isBehind = from.SequenceCompareTo(prefix) > 0;
        var page = (scan.Limit, Scan: scan, Values: new List<byte[]>());
        database.Scan(prefix, isBehind ? from : prefix, page, static (page, key, value) =>
        {
            if (page.Scan.Includes(key[EmbeddedKeys.RecordPrefixBytes..])) page.Values.Add(value.ToArray());
            return page.Values.Count < page.Limit;
        });
        foreach (var value in page.Values) HandOut(value);
    }

    private bool Gather(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var isKept = _kept.Count + value.Length <= MaxKeptBytes;
        _entries.Add(new Entry(EmbeddedRecord.OrderOf(value), _kept.Count, (ushort)key.Length, isKept ? value.Length : -1));
        _kept.AddRange(key);
        if (isKept) _kept.AddRange(value);
        return true;
    }

    private void HandOut(ReadOnlySpan<byte> value)
    {
        if (!EmbeddedRecord.TryRead(value, out var stored)) throw Damaged(journal, RecordError.Truncated);
        var error = new RecordReader(stored.Record).Read(out var record);
        if (error != RecordError.None) throw Damaged(journal, error);
        replay.Replay(record.HasPayload
            ? new JournalRecord { Key = record.Key, Value = record.Value, Stored = record.Stored, HasPayload = true, Payload = PayloadOf(stored) }
            : record);
    }

    private ImmutableArray<byte> PayloadOf(in EmbeddedRecord stored)
    {
        if (_payloadBytes > replay.MaxPayloadBytes) return default;
        var payload = stored.Place == EmbeddedRecord.OwnPayload ? stored.Own.ToArray() : Shared(stored.Payload);
        _payloadBytes += payload.Length;
        return _payloadBytes > replay.MaxPayloadBytes ? default : ImmutableCollectionsMarshal.AsImmutableArray(payload);
    }

    private byte[] Shared(ulong payload)
    {
        Span<byte> key = stackalloc byte[EmbeddedKeys.PayloadBytes];
        EmbeddedKeys.WritePayload(key, payload);
        return database.Get(key) ?? throw new InvalidDataException($"Payload {payload:X} of journal {journal} is not in the store.");
    }

    public static InvalidDataException Damaged(JournalId journal, RecordError error) => new($"A record of journal {journal} is damaged: {error}.");

    private readonly record struct Entry(ulong Order, int Start, ushort KeyLength, int ValueLength);
}
