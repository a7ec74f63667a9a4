using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <inheritdoc cref="ISessionDirectory"/>
internal sealed class SessionDirectory(SessionNodes nodes, StoredSessions store, ListingPace pace, BrokerClock clock) : ISessionDirectory
{
    private const int MostItems = 1_000;

    public async Task<SessionPage> ListAsync(SessionQuery query, string? after, int limit, TimeSpan budget, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostItems);
        return await new SessionWalk(query, after, limit, nodes, store, pace, clock).RunAsync(budget, cancellation);
    }

    public async Task<SessionAnswer<SessionDetails>> DescribeAsync(string clientId, bool withWillPayload, CancellationToken cancellation)
    {
        if (!JournalId.IsLegalKey(clientId)) return new SessionAnswer<SessionDetails>(null, []);
        var (found, silent) = await nodes.SessionAsync(clientId, withWillPayload, cancellation);
        List<SessionDetails> all = [.. found];
        // Of a session whose node is gone, or that is in memory nowhere.
        if (!all.Exists(static details => details.Item.Parts.HasFlag(SessionParts.Session)) && await StoredAsync(clientId, withWillPayload, silent, cancellation) is { } stored) all.Add(stored);
        return new SessionAnswer<SessionDetails>(all.Count == 0 ? null : SessionDetailsMerge.Combine(all), NamesOf(silent));
    }

    public async Task<SessionAnswer<SessionSubscriptions>> SubscriptionsAsync(string clientId, uint after, int limit, CancellationToken cancellation)
    {
        if (!JournalId.IsLegalKey(clientId)) return new SessionAnswer<SessionSubscriptions>(null, []);
        var (found, silent) = await nodes.SubscriptionsAsync(clientId, after, limit, cancellation);
        var newest = found.OrderByDescending(static answer => (answer.Incarnation, answer.Epoch)).FirstOrDefault();
        if (newest is null && await StoredAsync(clientId, withWillPayload: false, silent, cancellation) is { } stored)
            newest = await store.SubscriptionsAsync(stored.Item, after, limit, cancellation);
        return new SessionAnswer<SessionSubscriptions>(newest, NamesOf(silent));
    }

    public async Task<SessionAnswer<SessionQueue>> QueueAsync(string clientId, long after, int limit, bool withPayloads, CancellationToken cancellation)
    {
        if (!JournalId.IsLegalKey(clientId)) return new SessionAnswer<SessionQueue>(null, []);
        var (found, silent) = await nodes.QueueAsync(clientId, after, limit, withPayloads, cancellation);
        var newest = found.OrderByDescending(static answer => (answer.Incarnation, answer.Epoch)).FirstOrDefault();
        if (newest is null && await StoredAsync(clientId, withWillPayload: false, silent, cancellation) is { } stored)
            newest = await store.QueueAsync(stored.Item, after, limit, withPayloads, cancellation);
        return new SessionAnswer<SessionQueue>(newest, NamesOf(silent));
    }

    /// <summary>Null when the store has no such session, or one that has expired and was not cleared away yet.</summary>
    private async Task<SessionDetails?> StoredAsync(string clientId, bool withWillPayload, IReadOnlyList<SiloAddress> silent, CancellationToken cancellation)
    {
        if (await Task.Run(() => store.DescribeAsync(clientId, withWillPayload, cancellation), cancellation) is not var (session, details)) return null;
        var item = session.AsFound(silent);
        return session.HasExpired(clock) ? null : details with { Item = item };
    }

    private static string[] NamesOf(IEnumerable<SiloAddress> nodes) => [.. nodes.Select(static node => node.ToParsableString())];
}
