namespace OrleansBroker.Grains.Presence;

/// <summary>
/// Reads all cores in rounds. What a round brings is told when another round, begun after it, has shown that nothing belongs before it: what an event followed from, on
/// another core, was there by then. A reader that is far behind is not made to wait for the end: then events of different cores are put in order by their times.
/// </summary>
internal sealed class PresenceFeed(PresenceFilter filter, Dictionary<SiloAddress, long> positions, PresenceNodes nodes, Action closed) : IPresenceFeed
{
    /// <summary>A client that roams between cores faster than rounds go: then its order has had its chance.</summary>
    private const int MaxRounds = 8;

    /// <summary>A core that has come is asked so soon.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <summary>Where something happens more will: a batch of it costs as much as the first.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private readonly List<FeedSource> _sources = [.. positions.Select(static entry => new FeedSource(entry.Key, entry.Value))];
    private Action? _closed = closed;

    public string Position => FeedPosition.Encode(_sources.Select(static source => KeyValuePair.Create(source.Node, source.Told)));

    public async Task<IReadOnlyList<FeedEntry>> NextAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var started = nodes.Time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            FollowCluster();
            await ReadAsync();
            if (await TellAsync() is { Count: > 0 } told) return told;
            var left = patience - nodes.Time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return [];
            if (_sources.TrueForAll(static source => source.IsCurrent)) await NewsAsync(left < MaxWait ? left : MaxWait, cancellation);
        }
    }

    public void Dispose() => Interlocked.Exchange(ref _closed, null)?.Invoke();

    private void FollowCluster()
    {
        var cores = nodes.Cores;
        foreach (var source in _sources)
        {
            if (!cores.Contains(source.Node)) source.Gone();
        }

        // All that a core has told since it began happened after this feed did.
        foreach (var core in cores)
        {
            if (!_sources.Exists(source => source.Node.Equals(core))) _sources.Add(new FeedSource(core, 0));
        }
    }

    private Task ReadAsync() => Task.WhenAll(_sources.Select(ReadAsync));

    private async Task ReadAsync(FeedSource source)
    {
        if (!source.WantsMore)
        {
            source.NotRead(isCurrent: source.IsGone);
            return;
        }

        if (await nodes.ReadAsync(source.Node, source.Next, filter) is { } page) source.Add(page);
        else source.NotRead(isCurrent: true);
    }

    private async Task<List<FeedEntry>> TellAsync()
    {
        if (_sources.TrueForAll(static source => source.Held.Count == 0))
        {
            Tell([.. _sources.Select(static _ => 0)]);
            return [];
        }

        var counts = Counts();
        for (var round = 1; IsCurrent && _sources.Count > 1; round++)
        {
            await ReadAsync();
            if (round == MaxRounds || !FeedMerge.IsOpen(_sources, counts)) break;
            counts = Counts();
        }

        return Tell(IsCurrent ? counts : CountsUntil(_sources.Where(static source => !source.IsCurrent).Min(static source => source.LatestAt)));
    }

    private bool IsCurrent => _sources.TrueForAll(static source => source.IsCurrent);

    private int[] Counts() => [.. _sources.Select(static source => source.Held.Count)];

    /// <summary>What is no later than the latest that is known of each core that has more: all of one of them, at least.</summary>
    private int[] CountsUntil(long time) => [.. _sources.Select(source => source.Held.TakeWhile(held => held.At <= time).Count())];

    private List<FeedEntry> Tell(int[] counts)
    {
        var entries = new List<FeedEntry>();
        foreach (var source in FeedMerge.Order(_sources, counts))
        {
            var held = source.Tell();
            if (source.IsOver) _sources.Remove(source);
            entries.Add(new FeedEntry(held.Event, held.Gap, Position));
        }

        foreach (var source in _sources) source.Forget();
        return entries;
    }

    private async Task NewsAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var news = new List<Task> { Task.Delay(limit, nodes.Time, cancellation) };
        foreach (var source in _sources)
        {
            if (source.IsGone || source.Next == FeedPosition.Unknown) continue;
            if (source.News is null or { IsCompleted: true }) source.News = nodes.ReachesAsync(source.Node, source.Next, limit);
            news.Add(source.News);
        }

        await Task.WhenAny(news);
        await Task.Delay(Gathering, nodes.Time, cancellation);
    }
}
