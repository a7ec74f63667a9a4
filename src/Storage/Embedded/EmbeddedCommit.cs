using System.Runtime.InteropServices;
using OrleansBroker.Storage.Journals;
using RocksDbSharp;

namespace OrleansBroker.Storage.Embedded;

/// <summary>Puts rows into one write of the database. Within the store's turn.</summary>
internal sealed class EmbeddedCommit(EmbeddedTickets tickets, int bucketCount) : IDisposable
{
    /// <summary>Smaller ones are cheaper written again than referred to: a reference takes 40 bytes, and two look-ups when it is forgotten.</summary>
    private const int ShortestShared = 512;

    private readonly Dictionary<byte[], ulong> _shared = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<byte[], int> _uses = new(ReferenceEqualityComparer.Instance);
    private byte[] _value = new byte[1024];

    public WriteBatch Batch { get; } = new();

    public void Begin()
    {
        Batch.Clear();
        _shared.Clear();
        _uses.Clear();
    }

    /// <summary>Before any row is added: which payloads have several receivers.</summary>
    public void Count(JournalAppend row)
    {
        foreach (var payload in row.Payloads.Span)
        {
            if (payload.Length < ShortestShared) continue;
            ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, ImmutableCollectionsMarshal.AsArray(payload)!, out _);
            uses++;
        }
    }

    public void Add(JournalAppend row, in EmbeddedHeader before, in EmbeddedHeader after)
    {
        Index(row.Journal, before, after);
        if (row.Ending == JournalEnding.Delete)
        {
            Delete(row.Journal, before.Id);
            return;
        }

        foreach (var record in row) Add(before.Id, record);
        // Between opening and ending the number is in memory only; the entries of the indexes are read from the header when the journal is opened.
        if (row.Ending == JournalEnding.Close || row.ChangesDue || row.ChangesAttached) Put(row.Journal, after);
    }

    public void Put(JournalId journal, in EmbeddedHeader header)
    {
        Span<byte> key = stackalloc byte[EmbeddedKeys.MaxHeaderBytes];
        Batch.Put(key[..EmbeddedKeys.WriteHeader(key, journal)], header.ToBytes());
    }

    public void Dispose() => Batch.Dispose();

    private void Add(ulong id, in JournalRecord record)
    {
        Span<byte> key = stackalloc byte[EmbeddedKeys.MaxRecordBytes];
        key = key[..EmbeddedKeys.WriteRecord(key, id, record.Key)];
        if (record.IsRemoval)
        {
            Batch.Delete(key);
            return;
        }

        var place = PlaceOf(record, id, out var payload);
        var own = place == EmbeddedRecord.OwnPayload ? record.Payload.AsSpan() : [];
        var size = EmbeddedRecord.SizeOf(place, record.Stored.Length) + own.Length;
        if (_value.Length < size) _value = new byte[Math.Max(size, 2 * _value.Length)];
        EmbeddedRecord.Write(_value, tickets.Next(), place, payload, record.Stored, own);
        Batch.Put(key, _value.AsSpan(0, size));
    }

    private byte PlaceOf(in JournalRecord record, ulong id, out ulong payload)
    {
        payload = 0;
        if (!record.HasPayload) return EmbeddedRecord.NoPayload;
        var bytes = ImmutableCollectionsMarshal.AsArray(record.Payload)!;
        if (!_uses.TryGetValue(bytes, out var uses) || uses == 1) return EmbeddedRecord.OwnPayload;
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_shared, bytes, out var isThere);
        if (!isThere)
        {
            row = tickets.Next();
            Span<byte> payloadKey = stackalloc byte[EmbeddedKeys.PayloadBytes];
            EmbeddedKeys.WritePayload(payloadKey, row);
            Batch.Put(payloadKey, bytes);
        }

        payload = row;
        Span<byte> reference = stackalloc byte[EmbeddedKeys.MaxReferenceBytes];
        Batch.Put(reference[..EmbeddedKeys.WriteReference(reference, payload, id, record.Key)], default);
        return EmbeddedRecord.SharedPayload;
    }

    private void Index(JournalId journal, in EmbeddedHeader before, in EmbeddedHeader after)
    {
        if (before.DueUtcSecond != after.DueUtcSecond)
        {
            Span<byte> key = stackalloc byte[EmbeddedKeys.MaxDueBytes];
            var bucket = journal.BucketOf(bucketCount);
            if (before.DueUtcSecond != 0) Batch.Delete(key[..EmbeddedKeys.WriteDue(key, bucket, before.DueUtcSecond, journal)]);
            if (after.DueUtcSecond != 0) Batch.Put(key[..EmbeddedKeys.WriteDue(key, bucket, after.DueUtcSecond, journal)], default);
        }

        if (before.AttachedOwner == after.AttachedOwner) return;
        if (before.AttachedOwner is not null) Batch.Delete(EmbeddedKeys.Attached(before.AttachedOwner, journal));
        if (after.AttachedOwner is not null) Batch.Put(EmbeddedKeys.Attached(after.AttachedOwner, journal), Array.Empty<byte>());
    }

    private void Delete(JournalId journal, ulong id)
    {
        Span<byte> key = stackalloc byte[EmbeddedKeys.MaxHeaderBytes];
        Batch.Delete(key[..EmbeddedKeys.WriteHeader(key, journal)]);
        var from = new byte[EmbeddedKeys.RecordPrefixBytes];
        var behind = new byte[EmbeddedKeys.RecordPrefixBytes];
        EmbeddedKeys.WriteRecords(from, id);
        EmbeddedKeys.WriteRecords(behind, id + 1);
        Batch.DeleteRange(from, (ulong)from.Length, behind, (ulong)behind.Length);
    }
}
