using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>The sorted views of all journals: each partition has its own part of them, and what concerns all is merged.</summary>
internal sealed class AzureIndexes(AzureTable table, int buckets)
{
    private static readonly Comparer<JournalId> ByJournal = Comparer<JournalId>.Default;

    private static readonly Comparer<AzureHeader> ByHeader = Comparer<AzureHeader>.Create(static (left, right) => left.Journal.CompareTo(right.Journal));

    private static readonly Comparer<DueJournal> ByTime = Comparer<DueJournal>.Create(static (left, right) =>
        left.UtcSecond != right.UtcSecond ? left.UtcSecond.CompareTo(right.UtcSecond) : left.Journal.CompareTo(right.Journal));

    public async Task<List<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation)
    {
        var headers = AzureKeys.Headers(kind);
        var from = after is { } journal ? AzureKeys.Header(AzureKeys.Journal(journal)) : headers;
        return await MergeAsync(
            partition => SortedAsync(
                partition, from, headers + AzureKeys.End, PageOf(limit), AzureHeader.ReadJournal, ByJournal, cancellation, $"ending ne {(int)JournalEnding.Delete}"),
            after,
            limit).ConfigureAwait(false);
    }

    /// <summary>The headers of the query's journals.</summary>
    public async Task<List<AzureHeader>> HeadersAsync(JournalDigestQuery query, CancellationToken cancellation)
    {
        var headers = AzureKeys.Headers(query.Kind);
        var prefix = query.Prefix.Length == 0 ? headers : AzureKeys.Header(AzureKeys.Journal(new JournalId(query.Kind, query.Prefix)));
        prefix = AzureKeys.Ordered(prefix).ToString();
        var after = query.AfterJournal is { } journal ? AzureKeys.Header(AzureKeys.Journal(journal)) : headers;
        var from = string.CompareOrdinal(AzureKeys.Ordered(after).ToString(), prefix) > 0 ? after : prefix;
        // Names of long keys say only how these begin: the prefix is looked for in the key itself.
        return await MergeAsync(
            partition => SortedAsync(partition, from, prefix + AzureKeys.End, PageOf(query.Limit), AzureHeader.Read, ByHeader, cancellation, $"ending ne {(int)JournalEnding.Delete}"),
            ByHeader,
            header => (query.AfterJournal is not { } last || header.Journal > last) && query.Includes(header.Journal),
            query.Limit).ConfigureAwait(false);
    }

    public async Task<List<DueJournal>> DueAsync(int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation)
    {
        var from = after is { } entry ? AzureKeys.Due(entry.UtcSecond, AzureKeys.Journal(entry.Journal)) : AzureKeys.Due(0);
        List<DueJournal> due = [];
        if (beforeUtcSecond <= 0) return due;
        var sorted = SortedAsync(AzureKeys.Partition(bucket), from, AzureKeys.Due(beforeUtcSecond), limit, ReadDue, ByTime, cancellation);
        await foreach (var found in sorted.ConfigureAwait(false))
        {
            if (after is { } cursor && ByTime.Compare(found, cursor) <= 0) continue;
            due.Add(found);
            if (due.Count == limit) break;
        }

        return due;
    }

    public async Task<List<JournalId>> AttachedAsync(string owner, JournalId? after, int limit, CancellationToken cancellation)
    {
        var entries = AzureKeys.Attached(owner);
        var from = after is { } journal ? entries + AzureKeys.Journal(journal) : entries;
        return await MergeAsync(
            partition => SortedAsync(partition, from, entries + AzureKeys.End, PageOf(limit), AzureHeader.ReadJournal, ByJournal, cancellation), after, limit).ConfigureAwait(false);
    }

    /// <summary>Whether any journal is attached to the owner.</summary>
    public async Task<bool> IsAnyAttachedAsync(string owner, CancellationToken cancellation) =>
        (await AttachedAsync(owner, null, 1, cancellation).ConfigureAwait(false)).Count > 0;

    /// <summary>Journals are spread over the partitions: a part of the page from each, and more as it is used up.</summary>
    private int PageOf(int limit) => Math.Max(2, (2 * limit / buckets) + 1);

    private static DueJournal ReadDue(TableEntity entity) => new(entity.GetInt64("due")!.Value, AzureHeader.ReadJournal(entity));

    private Task<List<JournalId>> MergeAsync(Func<string, IAsyncEnumerable<JournalId>> open, JournalId? after, int limit) =>
        MergeAsync(open, ByJournal, journal => after is null || journal > after.Value, limit);

    private async Task<List<T>> MergeAsync<T>(Func<string, IAsyncEnumerable<T>> open, IComparer<T> order, Func<T, bool> isWanted, int limit)
    {
        var parts = Enumerable.Range(0, buckets).Select(bucket => open(AzureKeys.Partition(bucket)).GetAsyncEnumerator()).ToArray();
        try
        {
            var isThere = await Task.WhenAll(parts.Select(static part => part.MoveNextAsync().AsTask())).ConfigureAwait(false);
            var next = new PriorityQueue<int, T>(order);
            for (var i = 0; i < parts.Length; i++)
            {
                if (isThere[i]) next.Enqueue(i, parts[i].Current);
            }

            List<T> merged = [];
            while (merged.Count < limit && next.TryDequeue(out var i, out var found))
            {
                if (isWanted(found)) merged.Add(found);
                if (await parts[i].MoveNextAsync().ConfigureAwait(false)) next.Enqueue(i, parts[i].Current);
            }

            return merged;
        }
        finally
        {
            foreach (var part in parts) await part.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Entities whose names differ only in a hash are brought into order when all of them are there.</summary>
    private async IAsyncEnumerable<T> SortedAsync<T>(
        string partition, string from, string before, int page, Func<TableEntity, T> read, IComparer<T> order, [EnumeratorCancellation] CancellationToken cancellation, string? filter = null)
    {
        List<T> group = [];
        var ordered = string.Empty;
        await foreach (var entity in table.RangeAsync(partition, AzureKeys.Ordered(from).ToString(), before, cancellation, page, filter).ConfigureAwait(false))
        {
            if (!AzureKeys.Ordered(entity.RowKey).SequenceEqual(ordered))
            {
                group.Sort(order);
                foreach (var entry in group) yield return entry;
                group.Clear();
                ordered = AzureKeys.Ordered(entity.RowKey).ToString();
            }

            group.Add(read(entity));
        }

        group.Sort(order);
        foreach (var entry in group) yield return entry;
    }
}
