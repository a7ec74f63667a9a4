using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// The routes of transient sessions that no journal has, as far as this silo knows them: as the sessions' own silo, or as the gateway of their connections, since a
/// session's silo may have died with the shard (invariant B2).
/// </summary>
internal sealed class HeldRoutes(LocalSessions sessions, RemoteSessions remote, ShardSpace space, ClusterView cluster)
{
    /// <summary>Of which a page has the routes: a wildcard filter each makes an answer of some 500 KB.</summary>
    private const int SessionsAPage = 4_096;

    /// <param name="shards">Numbers of the shards that ask.</param>
    /// <param name="part">Sessions are in the part of their client id's hash, which is this process's own.</param>
    /// <param name="parts">0: as many as suit.</param>
    public async Task<HeldRoutesPage> FindAsync(int[] shards, int part, int parts)
    {
        if (parts == 0) parts = 1 + ((sessions.Count + remote.Count) / SessionsAPage);
        var asked = new HashSet<int>(shards);
        var routes = new List<RouteRecord>();
        foreach (var monitor in sessions.Open)
        {
            if (!monitor.MayHoldTransientRoutes || !IsIn(part, parts, monitor.Identity.ClientId)) continue;
            var (incarnation, held) = await monitor.RunAsync(static session => session is { Exists: true, IsDurable: false }
                ? (session.Incarnation, session.Subscriptions.Items.ToArray())
                : (0, []));
            Add(routes, asked, monitor.Identity.ClientId, incarnation, held, cluster.Self);
        }

        foreach (var session in remote.All)
        {
            if (!IsIn(part, parts, session.ClientId)) continue;
            var held = new List<Subscription>();
            session.CopySubscriptions(held, out var incarnation);
            Add(routes, asked, session.ClientId, incarnation, held, session.Silo);
        }

        return new HeldRoutesPage([.. routes], parts);
    }

    private static bool IsIn(int part, int parts, string clientId) => (uint)clientId.GetHashCode(StringComparison.Ordinal) % (uint)parts == (uint)part;

    private void Add(List<RouteRecord> routes, HashSet<int> asked, string clientId, long incarnation, IReadOnlyList<Subscription> subscriptions, SiloAddress? silo)
    {
        foreach (var subscription in subscriptions)
        {
            if (space.OfFilter(subscription.Filter).Any(asked.Contains)) routes.Add(ToRecord(clientId, incarnation, subscription, silo));
        }
    }

    private static RouteRecord ToRecord(string clientId, long incarnation, Subscription subscription, SiloAddress? silo) => new(
        clientId,
        subscription.Filter.Text,
        incarnation,
        subscription.Version,
        (byte)subscription.Options.QoS,
        subscription.Options.NoLocal,
        subscription.Options.RetainAsPublished,
        subscription.Options.Identifier,
        IsDurable: false,
        SendRetained: false,
        silo)
    {
        Parsed = subscription.Filter,
    };
}
