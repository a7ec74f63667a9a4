using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>The store's sessions in order, fetched as they are needed.</summary>
internal sealed class StoreSource(StoredSessions store, SessionQuery query, string? after)
{
    /// <summary>Messages and subscriptions that one page looks at: some 10 ms.</summary>
    private const int RecordsAPage = 10_000;

    private readonly Queue<StoredSession> _fetched = new();
    private string? _reached = after;

    /// <summary>Nothing is fetched, nor to be fetched.</summary>
    public bool IsEmpty => IsEnd && _fetched.Count == 0;

    /// <summary>It is complete up to the last there is.</summary>
    public bool IsEnd { get; private set; }

    public bool NeedsMore => !IsEnd && _fetched.Count == 0;

    /// <summary>Complete up to this client id; null for none.</summary>
    public string? Reached => IsEnd ? null : _reached;

    public string? Next => _fetched.TryPeek(out var next) ? next.Item.ClientId : null;

    /// <returns>How many sessions it looked at.</returns>
    public async Task<int> FetchAsync(int limit, CancellationToken cancellation)
    {
        var page = await Task.Run(() => store.DigestAsync(query, _reached, limit, RecordsAPage, cancellation), cancellation);
        foreach (var digest in page.Journals)
        {
            _reached = digest.Journal.Key;
            if (StoredSession.Read(digest) is { } session) _fetched.Enqueue(session);
        }

        IsEnd = page.IsEnd;
        return page.Journals.Count;
    }

    public StoredSession Take() => _fetched.Dequeue();

    /// <summary>The lesser of the bound and how far this is complete; null: no bound.</summary>
    public string? Bound(string? bound) => IsEnd ? bound : Least(bound, _reached ?? string.Empty);

    /// <summary>Null: no bound.</summary>
    public static string Least(string? bound, string other) => bound is null || Utf8Order.Instance.Compare(other, bound) < 0 ? other : bound;
}
