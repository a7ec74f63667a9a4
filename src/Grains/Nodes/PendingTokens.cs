using System.Collections.Concurrent;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What this silo has sent away and waits for, by the number that comes back. Bounded by admission: every entry holds an open part.</summary>
internal sealed class PendingTokens
{
    private readonly ConcurrentDictionary<long, object> _pending = new();
    private long _last;

    public long Add(object waiting)
    {
        var token = Interlocked.Increment(ref _last);
        _pending[token] = waiting;
        return token;
    }

    /// <summary>What waited for the token, once; null when it was taken before or is of another kind.</summary>
    public T? Take<T>(long token)
        where T : class => _pending.TryRemove(token, out var waiting) ? waiting as T : null;
}
