using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Memory;

/// <summary>The live records of one journal by key and in the order of last write: what is replaced or removed is gone at once.</summary>
internal sealed class MemoryRecords
{
    private readonly HashSet<MemoryRecord> _byKey = new(MemoryRecordComparer.Instance);
    private MemoryRecord? _first;
    private MemoryRecord? _last;

    public void Apply(in JournalRecord record)
    {
        var byKey = _byKey.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byKey.TryGetValue(record.Key, out var live))
            Unlink(live);
        if (record.IsRemoval)
        {
            byKey.Remove(record.Key);
            return;
        }

        if (live is null)
        {
            live = MemoryRecordComparer.Instance.Create(record.Key);
            _byKey.Add(live);
        }

        live.Value = record.Value.ToArray();
        live.Payload = record.Payload;
        LinkLast(live);
    }

    public void Replay(IJournalReplay replay)
    {
        var budget = replay.MaxPayloadBytes;
        for (var record = _first; record is not null; record = record.Next)
            HandOut(record, replay, ref budget);
    }

    public void Replay(IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay)
    {
        var budget = replay.MaxPayloadBytes;
        var byKey = _byKey.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var key in keys)
        {
            if (byKey.TryGetValue(key.Span, out var record))
                HandOut(record, replay, ref budget);
        }
    }

    private static void HandOut(MemoryRecord record, IJournalReplay replay, ref long budget)
    {
        var payload = record.Payload;
        if (payload is not null)
            budget -= payload.Bytes.Length;
        replay.Replay(new JournalRecord
        {
            Key = record.Key,
            Value = record.Value,
            HasPayload = payload is not null,
            Payload = budget >= 0 ? payload : null,
        });
    }

    private void LinkLast(MemoryRecord record)
    {
        record.Previous = _last;
        if (_last is null)
            _first = record;
        else
            _last.Next = record;
        _last = record;
    }

    private void Unlink(MemoryRecord record)
    {
        if (record.Previous is null)
            _first = record.Next;
        else
            record.Previous.Next = record.Next;
        if (record.Next is null)
            _last = record.Previous;
        else
            record.Next.Previous = record.Previous;
        record.Previous = record.Next = null;
    }
}
