using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Embedded;

/// <summary>The sorted views: each a range of keys, read behind a cursor that need not exist any more.</summary>
internal sealed class EmbeddedIndexes(EmbeddedDatabase database)
{
    public List<JournalId> List(string kind, JournalId? after, int limit)
    {
        Span<byte> prefix = stackalloc byte[EmbeddedKeys.MaxHeaderBytes];
        Span<byte> cursor = stackalloc byte[EmbeddedKeys.MaxHeaderBytes];
        prefix = prefix[..EmbeddedKeys.WriteHeaders(prefix, kind)];
        cursor = after is { } last ? cursor[..EmbeddedKeys.WriteHeader(cursor, last)] : prefix;
        return Read(prefix, cursor, limit, static (key, _) => EmbeddedKeys.ReadHeader(key), after.HasValue);
    }

    /// <summary>Journals of the query with their headers.</summary>
    public List<(JournalId Journal, EmbeddedHeader Header)> List(JournalDigestQuery query)
    {
        Span<byte> prefix = stackalloc byte[EmbeddedKeys.MaxHeaderBytes];
        Span<byte> cursor = stackalloc byte[EmbeddedKeys.MaxHeaderBytes];
        prefix = prefix[..EmbeddedKeys.WriteHeaders(prefix, query.Kind, query.Prefix)];
        cursor = query.AfterJournal is { } last ? cursor[..EmbeddedKeys.WriteHeader(cursor, last)] : prefix;
        var isCursor = query.After is not null && cursor.SequenceCompareTo(prefix) >= 0;
        var page = new HeaderPage(query.Limit, isCursor ? cursor.ToArray() : []);
        database.Scan(prefix, isCursor ? cursor : prefix, page, static (page, key, value) => page.Visit(key, value));
        return page.Headers;
    }

    public List<DueJournal> Due(int bucket, long beforeUtcSecond, DueJournal? after, int limit)
    {
        Span<byte> prefix = stackalloc byte[EmbeddedKeys.DuePrefixBytes];
        Span<byte> cursor = stackalloc byte[EmbeddedKeys.MaxDueBytes];
        EmbeddedKeys.WriteDue(prefix, bucket, 0);
        prefix = prefix[..EmbeddedKeys.DueBucketBytes];
        cursor = after is { } last ? cursor[..EmbeddedKeys.WriteDue(cursor, bucket, last.UtcSecond, last.Journal)] : prefix;
        var due = Read(prefix, cursor, limit, static (key, _) => EmbeddedKeys.ReadDue(key), after.HasValue, beforeUtcSecond, static (entry, before) => entry.UtcSecond < before);
        return due;
    }

    public List<JournalId> Attached(string owner, JournalId? after, int limit)
    {
        var prefix = EmbeddedKeys.Attached(owner);
        var cursor = after is { } last ? EmbeddedKeys.Attached(owner, last) : prefix;
        return Read(prefix, cursor, limit, static (key, prefixBytes) => EmbeddedKeys.ReadAttachedJournal(key, prefixBytes), after.HasValue);
    }

    public List<string> AttachedOwners(string? after, int limit)
    {
        var owners = new List<string>();
        for (var cursor = after is null ? EmbeddedKeys.FirstAttached : EmbeddedKeys.BehindAttached(after); owners.Count < limit; cursor = EmbeddedKeys.BehindAttached(owners[^1]))
        {
            // Jumps over the journals of the last owner.
            var next = Read(EmbeddedKeys.FirstAttached, cursor, 1, static (key, _) => EmbeddedKeys.ReadAttachedOwner(key), isCursor: false);
            if (next.Count == 0) break;
            owners.Add(next[0]);
        }

        return owners;
    }

    private List<T> Read<T>(
        ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> cursor, int limit, Parse<T> parse, bool isCursor, long bound = 0, Func<T, long, bool>? isWithin = null)
    {
        var page = new Page<T>(limit, prefix.Length, parse, isCursor ? cursor.ToArray() : [], bound, isWithin);
        if (limit > 0) database.Scan(prefix, cursor, page, static (page, key, _) => page.Visit(key));
        return page.Entries;
    }

    private delegate T Parse<T>(ReadOnlySpan<byte> key, int prefixBytes);

    private sealed class HeaderPage(int limit, byte[] behind)
    {
        public List<(JournalId Journal, EmbeddedHeader Header)> Headers { get; } = [];

        public bool Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            if (key.SequenceEqual(behind)) return true;
            var journal = EmbeddedKeys.ReadHeader(key);
            Headers.Add((journal, EmbeddedHeader.Read(value) ?? throw EmbeddedHeader.Damaged(journal)));
            return Headers.Count < limit;
        }
    }

    private sealed class Page<T>(int limit, int prefixBytes, Parse<T> parse, byte[] behind, long bound, Func<T, long, bool>? isWithin)
    {
        public List<T> Entries { get; } = [];

        public bool Visit(ReadOnlySpan<byte> key)
        {
            if (key.SequenceEqual(behind)) return true;
            var entry = parse(key, prefixBytes);
            if (isWithin is not null && !isWithin(entry, bound)) return false;
            Entries.Add(entry);
            return Entries.Count < limit;
        }
    }
}
