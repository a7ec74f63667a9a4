using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Queries;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>Whether a client id has a session, without activating one: in memory anywhere, in the store, or known by the gateway of its connection alone.</summary>
internal sealed class SessionLookup(
    LocalSessions sessions, RemoteSessions remote, JournalWriter writer, ClusterView cluster, NodeQueriesClient nodes, TimingOptions timing, BrokerClock clock)
{
    /// <summary>A node that lives answers in a millisecond.</summary>
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(2);

    /// <summary>This node has it active, or the connection of one that was elsewhere.</summary>
    public bool IsHere(string clientId) => sessions.Find(clientId) is { Load.Exists: true } || remote.Holds(clientId);

    /// <returns>Null when neither the store nor a node that may have it could say.</returns>
    public async Task<bool?> ExistsAsync(string clientId)
    {
        if (IsHere(clientId)) return true;
        var stored = await IsStoredAsync(clientId);
        if (stored == true) return true;
        var asked = await Task.WhenAll(cluster.Active.Where(silo => !silo.Equals(cluster.Self)).Select(silo => IsAtAsync(silo, clientId)));
        if (Array.Exists(asked, static answer => answer == true)) return true;
        return stored is null || Array.Exists(asked, static answer => answer is null) ? null : false;
    }

    private async Task<bool?> IsStoredAsync(string clientId)
    {
        try
        {
            using var limit = new CancellationTokenSource(timing.StoreWait, clock.TimeProvider);
            var found = new StoredHeader();
            await writer.Store.ReadAsync(new JournalId(SessionGrain.JournalKind, clientId), [SessionJournal.HeaderKey], found, limit.Token);
            return found.Exists;
        }
        catch (Exception)
        {
            // Whatever the store failed of.
            return null;
        }
    }

    private async Task<bool?> IsAtAsync(SiloAddress silo, string clientId)
    {
        try
        {
            return await nodes.For(silo).HasSessionAsync(clientId).AsTask().WaitAsync(AskLimit, clock.TimeProvider);
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException)
        {
            return cluster.IsDead(silo) ? false : null;
        }
    }
}
