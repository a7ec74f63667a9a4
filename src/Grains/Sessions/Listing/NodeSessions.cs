using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>What this node says of the sessions that it has in memory, and of those whose connections it has. Nobody waits for it: it enters one session at a time.</summary>
internal sealed class NodeSessions(LocalSessions sessions, RemoteSessions remote, SessionNames names, NodeSenders senders, SteadyUtc utc)
{
    /// <summary>Names that one page looks at: some ms.</summary>
    private const int MostLookedAt = 8_192;

    /// <summary>Between two chances for other work on the thread.</summary>
    private const int Slice = 128;

    private static readonly SessionFilter NoFilter = new(new SessionQuery());

    /// <summary>On the pool.</summary>
    public async Task<NodeSessionsPage> ListAsync(NodeSessionsRequest request)
    {
        var filter = new SessionFilter(request.Query);
        var sorted = await names.ReadAsync(All, IsHere);
        var reader = new SessionReader(filter, utc, senders.Self);
        var items = new List<SessionItem>();
        var (looked, gone, last) = (0, 0, request.After);
        foreach (var name in sorted.Behind(request.After, request.Query.ClientIdPrefix))
        {
            if (request.Until is { } until && Mqtt.Topics.Utf8Order.Instance.Compare(name, until) > 0) break;
            if (items.Count == request.Limit || looked == MostLookedAt) return Page(items, last, looked, gone);
            if (++looked % Slice == 0) await Task.Yield();
            var item = await reader.ReadAsync(sessions.Find(name), remote.Find(name));
            if (item is null) gone++;
            else if (IsTold(item, request)) items.Add(item);
            last = name;
        }

        return Page(items, request.Until, looked, gone);
    }

    /// <summary>Null when neither the session nor its connection is here.</summary>
    public async Task<SessionItem?> FindAsync(string clientId) => await new SessionReader(NoFilter, utc, senders.Self).ReadAsync(sessions.Find(clientId), remote.Find(clientId));

    /// <summary>One that is ruled out is told of when others might take it for one that is not: who has only a part of it, or the store.</summary>
    private static bool IsTold(SessionItem item, NodeSessionsRequest request)
    {
        if (!item.Parts.HasFlag(SessionParts.RuledOut)) return true;
        var isWhole = item.Parts.HasFlag(SessionParts.Session) && (!item.IsConnected || item.Parts.HasFlag(SessionParts.Connection));
        return !isWhole || (request.IsStoreRead && item.ExpiryIntervalSeconds > 0);
    }

    private NodeSessionsPage Page(List<SessionItem> items, string? reached, int looked, int gone)
    {
        if (gone > 0) names.NoteGone(gone);
        return new NodeSessionsPage([.. items], reached, looked);
    }

    private IEnumerable<string> All() => sessions.Open.Select(static monitor => monitor.Identity.ClientId).Concat(remote.All.Select(static session => session.ClientId));

    private bool IsHere(string clientId) => sessions.Find(clientId) is not null || remote.Find(clientId) is not null;
}
