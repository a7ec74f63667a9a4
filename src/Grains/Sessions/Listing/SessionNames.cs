using System.Collections.Concurrent;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>
/// The client ids of this node's sessions and connections in order, while somebody lists them: made with the first list, told of what comes (what goes is found gone), and
/// dropped when nobody has listed for a minute. Costs 8 bytes for each, and nothing at all while nobody lists.
/// </summary>
internal sealed class SessionNames(TimeProvider time) : IDisposable
{
    /// <summary>More than these that have come and were not looked at: it is cheaper to begin anew.</summary>
    private const int MostAdded = 100_000;

    /// <summary>Recent ones beside the others, and a share of those: then the parts are merged, at some 100 ns for each name.</summary>
    private const int MostRecent = 4_096;
    private const int RecentShare = 8;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private Additions? _added;
    private SortedNames _names = SortedNames.None;
    private ITimer? _timer;
    private long _usedAt;
    private int _gone;

    /// <summary>They are known at present.</summary>
    public bool IsKept => Volatile.Read(ref _added) is not null;

    /// <summary>A session or a connection is here from now on. Any thread; it can be found already.</summary>
    public void Added(string clientId)
    {
        if (Volatile.Read(ref _added) is { } added && !added.TryAdd(clientId)) Interlocked.CompareExchange(ref _added, null, added);
    }

    /// <summary>The names as of now: what came before the call is among them.</summary>
    /// <param name="all">All that are here, when they are not known yet.</param>
    /// <param name="isThere">Whether one still is.</param>
    public async Task<SortedNames> ReadAsync(Func<IEnumerable<string>> all, Func<string, bool> isThere)
    {
        await _turn.WaitAsync();
        try
        {
            Volatile.Write(ref _usedAt, time.GetTimestamp());
            if (Volatile.Read(ref _added) is not { } added)
            {
                // First: what comes while they are walked is in one of the two.
                Volatile.Write(ref _added, new Additions());
                _names = SortedNames.Of(all());
                _gone = 0;
                _timer ??= time.CreateTimer(static state => ((SessionNames)state!).DropIfUnused(), this, Kept, Kept);
                return _names;
            }

            _names = _names.With(added.Take());
            if (_names.Recent.Length > MostRecent + (_names.Names.Length / RecentShare) || Volatile.Read(ref _gone) > MostRecent + (_names.Names.Length / 2))
            {
                _names = _names.Merged(isThere);
                _gone = 0;
            }

            return _names;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>So many that were looked at are not there any more.</summary>
    public void NoteGone(int count) => Interlocked.Add(ref _gone, count);

    public void Dispose()
    {
        _timer?.Dispose();
        _turn.Dispose();
    }

    private void DropIfUnused()
    {
        // Whoever has its turn uses them.
        if (time.GetElapsedTime(Volatile.Read(ref _usedAt)) < Kept || !_turn.Wait(0)) return;
        Volatile.Write(ref _added, null);
        _names = SortedNames.None;
        _timer?.Dispose();
        _timer = null;
        _turn.Release();
    }

    private sealed class Additions
    {
        private readonly ConcurrentQueue<string> _names = new();
        private int _count;

        public bool TryAdd(string name)
        {
            if (Interlocked.Increment(ref _count) > MostAdded) return false;
            _names.Enqueue(name);
            return true;
        }

        public List<string> Take()
        {
            var taken = new List<string>();
            while (_names.TryDequeue(out var name)) taken.Add(name);
            Interlocked.Add(ref _count, -taken.Count);
            return taken;
        }
    }
}
