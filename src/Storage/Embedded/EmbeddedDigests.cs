using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Embedded;

/// <summary>Pages of digests: the headers are a range of keys, and what is looked at of each journal is another one.</summary>
internal sealed class EmbeddedDigests(EmbeddedDatabase database, EmbeddedIndexes indexes)
{
    public JournalDigestPage Read(JournalDigestQuery query)
    {
        var listed = indexes.List(query);
        var digests = new List<JournalDigest>(listed.Count);
        var records = 0L;
        foreach (var (journal, header) in listed)
        {
            if (records >= query.MaxRecords) break;
            var digest = new JournalDigest { Journal = journal, AttachedOwner = header.AttachedOwner, Header = HeaderOf(header.Id, query.HeaderKey.Span, journal) };
            if (query.Counted is { } counted) digest = Count(digest, header.Id, counted, query.MaxRecordsOfJournal);
            if (query.Read is { } read) digest = AddValues(digest, header.Id, read, query.MaxRecordsOfJournal);
            digests.Add(digest);
            records += digest.Count + digest.Values.Count;
        }

        return new JournalDigestPage(digests, listed.Count < query.Limit && records < query.MaxRecords);
    }

    private ReadOnlyMemory<byte>? HeaderOf(ulong id, ReadOnlySpan<byte> key, JournalId journal)
    {
        Span<byte> stored = stackalloc byte[EmbeddedKeys.MaxRecordBytes];
        return database.Get(stored[..EmbeddedKeys.WriteRecord(stored, id, key)]) is { } value ? ValueOf(value, journal) : (ReadOnlyMemory<byte>?)null;
    }

    private JournalDigest Count(JournalDigest digest, ulong id, byte kind, int limit)
    {
        var counting = new Counting(database, limit);
        ScanKind(id, kind, counting, static (counting, _, value) => counting.Visit(value));
        return digest with { Count = counting.Count, PayloadBytes = counting.Bytes, HasMore = counting.HasMore };
    }

    private JournalDigest AddValues(JournalDigest digest, ulong id, byte kind, int limit)
    {
        var values = (Values: new List<ReadOnlyMemory<byte>>(), Limit: limit, digest.Journal);
        ScanKind(id, kind, values, static (state, _, value) =>
        {
            state.Values.Add(ValueOf(value, state.Journal));
            return state.Values.Count <= state.Limit;
        });
        if (values.Values.Count <= limit) return digest with { Values = values.Values };
        values.Values.RemoveAt(limit);
        return digest with { Values = values.Values, HasMore = true };
    }

    private void ScanKind<TState>(ulong id, byte kind, TState state, EmbeddedDatabase.Visit<TState> visit)
    {
        Span<byte> prefix = stackalloc byte[EmbeddedKeys.RecordPrefixBytes + 1];
        EmbeddedKeys.WriteRecord(prefix, id, [kind]);
        database.Scan(prefix, prefix, state, visit);
    }

    private static ReadOnlyMemory<byte> ValueOf(ReadOnlySpan<byte> value, JournalId journal)
    {
        if (!EmbeddedRecord.TryRead(value, out var stored)) throw EmbeddedReplay.Damaged(journal, RecordError.Truncated);
        var error = new RecordReader(stored.Record).Read(out var record);
        return error == RecordError.None ? record.Value.ToArray() : throw EmbeddedReplay.Damaged(journal, error);
    }

    /// <summary>One that is damaged counts, without bytes: whoever opens the journal is told.</summary>
    private sealed class Counting(EmbeddedDatabase database, int limit)
    {
        public int Count { get; private set; }

        public long Bytes { get; private set; }

        public bool HasMore { get; private set; }

        public bool Visit(ReadOnlySpan<byte> value)
        {
            if (Count == limit)
            {
                HasMore = true;
                return false;
            }

            Count++;
            if (EmbeddedRecord.TryRead(value, out var record)) Bytes += record.Place == EmbeddedRecord.SharedPayload ? LengthOf(record.Payload) : record.Own.Length;
            return true;
        }

        private long LengthOf(ulong payload)
        {
            Span<byte> key = stackalloc byte[EmbeddedKeys.PayloadBytes];
            EmbeddedKeys.WritePayload(key, payload);
            return database.Get(key)?.Length ?? 0;
        }
    }
}
