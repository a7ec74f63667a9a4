using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>One node's sessions in order, fetched as they are needed.</summary>
internal sealed class NodeSource(SiloAddress node, SessionNodes nodes, SessionQuery query, string? after, bool isStoreRead)
{
    private readonly Queue<SessionItem> _fetched = new();

    /// <summary>Complete up to this client id; null at the end.</summary>
    private string? _reached = after;
    private bool _isEnd;

    public SiloAddress Node => node;

    /// <summary>It has not answered, and is left out from then on.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>Nothing is fetched, nor to be fetched.</summary>
    public bool IsEmpty => IsSilent || (_isEnd && _fetched.Count == 0);

    /// <summary>Whether more is needed to know what there is up to a client id; null: at all.</summary>
    public bool Needs(string? until) => !IsSilent && !_isEnd && _fetched.Count == 0 && (until is null || _reached is null || Utf8Order.Instance.Compare(_reached, until) < 0);

    /// <returns>How many sessions it looked at.</returns>
    public async Task<int> FetchAsync(string? until, int limit, CancellationToken cancellation)
    {
        if (await nodes.SessionsAsync(node, new NodeSessionsRequest(query, _reached, until, limit, isStoreRead), cancellation) is not { } page)
        {
            IsSilent = true;
            _fetched.Clear();
            return 0;
        }

        foreach (var item in page.Items) _fetched.Enqueue(item);
        _reached = page.Reached ?? _reached;
        _isEnd = page.Reached is null;
        return page.Looked;
    }

    /// <summary>The lesser of the bound and how far this is complete; null: no bound.</summary>
    public string? Bound(string? bound) => IsSilent || _isEnd ? bound : StoreSource.Least(bound, _reached ?? string.Empty);

    public string? Next => _fetched.TryPeek(out var next) ? next.ClientId : null;

    public SessionItem Take() => _fetched.Dequeue();
}
