namespace OrleansBroker.Grains.Topics;

/// <summary>
/// Merges what shards have, each in order, into one page in order. A shard is first asked for somewhat more than its share of the page, and again when it has given that.
/// </summary>
/// <param name="keyOf">By what items are ordered; no two shards have the same.</param>
/// <param name="fetchAsync">Asks a shard for items behind one (null: for the first), at most so many.</param>
internal sealed class ShardMerge<TItem, TKey>(ShardCalls calls, Func<TItem, TKey> keyOf, IComparer<TKey> order, Func<int, TItem?, int, Task<ShardPage<TItem>>> fetchAsync)
    where TItem : class
{
    private const int MaxCallsAtOnce = 8;

    /// <summary>Beside twice the share: shards with few items differ much.</summary>
    private const int Extra = 8;

    private readonly PriorityQueue<Source, TKey> _next = new(order);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly List<TItem> _taken = [];

    /// <param name="take">False: the page ends before this item, for which there is no room any more.</param>
    public async Task<TopicPage<TItem>> TakeAsync(IReadOnlyList<int> shards, int limit, Func<TItem, bool> take)
    {
        var share = Math.Min(limit, (2 * limit / shards.Count) + Extra);
        var sources = shards.Select(shard => new Source(shard, share)).ToArray();
        await Parallel.ForEachAsync(
            sources, new ParallelOptions { MaxDegreeOfParallelism = MaxCallsAtOnce }, async (source, _) => await FillAsync(source, after: null));
        foreach (var source in sources) Return(source);
        while (_taken.Count < limit && _next.TryPeek(out var source, out _) && take(source.Items.Peek()))
        {
            _next.Dequeue();
            var item = source.Items.Dequeue();
            _taken.Add(item);
            if (source.Items.Count == 0 && source.HasMore) await FillAsync(source, item);
            Return(source);
        }

        return new TopicPage<TItem>(_taken, _next.Count > 0, [.. _missing]);
    }

    private void Return(Source source)
    {
        if (source.Items.TryPeek(out var item)) _next.Enqueue(source, keyOf(item));
    }

    private async Task FillAsync(Source source, TItem? after)
    {
        try
        {
            var page = await fetchAsync(source.Shard, after, source.Limit);
            foreach (var item in page.Items) source.Items.Enqueue(item);
            // A shard that has nothing to show, though there may be more, would be asked for ever.
            source.HasMore = page.HasMore && page.Items.Length > 0;
        }
        catch (TopicUnavailableException)
        {
            source.HasMore = false;
            lock (_missing) _missing.Add(calls.OwnerOf(source.Shard));
        }
    }

    private sealed class Source(int shard, int limit)
    {
        public int Shard => shard;

        public int Limit => limit;

        public Queue<TItem> Items { get; } = new();

        public bool HasMore { get; set; }
    }
}
