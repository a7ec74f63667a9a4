using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Memory;

/// <summary>Looking at a part of the records. They are in no order of keys: all are looked through, at some 10 ns each.</summary>
internal sealed partial class MemoryRecords
{
    public void Replay(JournalScan scan, IJournalReplay replay)
    {
        var found = new PriorityQueue<int, byte[]>(Comparer<byte[]>.Create(static (left, right) => right.AsSpan().SequenceCompareTo(left)));
        Span<byte> scratch = stackalloc byte[RecordFormat.MaxKeyBytes];
        for (var position = 0; position < _used; position += LengthOf(position))
        {
            if (SlotAt(position) < 0)
                continue;
            var key = KeyAt(position, _slots[SlotAt(position)].Payload, scratch);
            if (!scan.Includes(key))
                continue;
            // The greatest of those that are kept comes out first.
            if (found.Count < scan.Limit)
                found.Enqueue(position, key.ToArray());
            else if (found.TryPeek(out _, out var greatest) && key.SequenceCompareTo(greatest) < 0)
                found.EnqueueDequeue(position, key.ToArray());
        }

        var budget = replay.MaxPayloadBytes;
        foreach (var (position, _) in found.UnorderedItems.OrderBy(static item => item.Priority, ByBytes))
            HandOut(position, replay, ref budget);
    }

    /// <summary>Adds what the query asks to the digest.</summary>
    public JournalDigest Digest(JournalDigestQuery query, JournalDigest digest)
    {
        var header = Find(query.HeaderKey.Span);
        if (header != None)
            digest = digest with { Header = ValueAt(_slots[header].Position).ToArray() };
        if (!query.LooksAtRecords)
            return digest;
        var (count, bytes) = (0L, 0L);
        var values = new List<(byte[] Key, int Position)>();
        Span<byte> scratch = stackalloc byte[RecordFormat.MaxKeyBytes];
        for (var position = 0; position < _used; position += LengthOf(position))
        {
            if (SlotAt(position) < 0)
                continue;
            var first = _log[position + KeyOffset];
            if (first == query.Counted && ++count <= query.MaxRecordsOfJournal)
                bytes += _slots[SlotAt(position)].Payload is { IsDefault: false } payload ? payload.Length : 0;
            if (first == query.Read)
                values.Add((KeyAt(position, _slots[SlotAt(position)].Payload, scratch).ToArray(), position));
        }

        return digest with
        {
            Count = (int)Math.Min(count, query.MaxRecordsOfJournal),
            PayloadBytes = bytes,
            Values = [.. values.OrderBy(static value => value.Key, ByBytes).Take(query.MaxRecordsOfJournal).Select(value => (ReadOnlyMemory<byte>)ValueAt(value.Position).ToArray())],
            HasMore = count > query.MaxRecordsOfJournal || values.Count > query.MaxRecordsOfJournal,
        };
    }

    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right));

    private ReadOnlySpan<byte> ValueAt(int position) => _log.AsSpan(ValueStart(position), ValueLengthAt(position));
}
