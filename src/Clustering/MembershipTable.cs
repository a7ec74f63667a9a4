#pragma warning disable CS0618 // Orleans still calls the members without a token, and they are abstract.
#pragma warning disable CA1033 // They are not for our own code, which has those with a token.
using Microsoft.Extensions.Logging;

namespace OrleansBroker.Clustering;

/// <summary>
/// The table of a cluster's silos, one row for each and one for the table's version, which every change of a row but its heartbeat raises. Its owner disposes of it when the
/// silo has stopped. Whoever lost a race gets false; what the server refuses is its client's exception.
/// </summary>
public abstract partial class MembershipTable(string clusterId, ILogger log) : IMembershipTable, IAsyncDisposable
{
    /// <summary>Clusters share a table and see nothing of each other.</summary>
    protected string ClusterId { get; } = clusterId;

    /// <summary>Creates what is not there, once for all nodes that start together.</summary>
    /// <param name="tryInitTableVersion">Also the cluster's version, which begins at 0.</param>
    /// <exception cref="MembershipRefusedException">The tables are of a later program.</exception>
    public abstract Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken);

    public abstract Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken);

    /// <summary>Forgets the dead of whom nothing was heard since then.</summary>
    public abstract Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken);

    /// <exception cref="MembershipLostException">The cluster's version is gone.</exception>
    public abstract Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken);

    /// <summary>All rows as they stood together at one moment. One that nobody can read is left out, with a line in the log: the others go on.</summary>
    /// <exception cref="MembershipLostException">The cluster's version is gone.</exception>
    /// <exception cref="TimeoutException">It changes all the time; asking again helps.</exception>
    public abstract Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken);

    public abstract Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken);

    public abstract Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken);

    /// <exception cref="MembershipLostException">The silo's row is gone.</exception>
    public abstract Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    Task IMembershipTable.InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    Task IMembershipTable.DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    Task IMembershipTable.CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    Task<MembershipTableData> IMembershipTable.ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    Task<MembershipTableData> IMembershipTable.ReadAll() => ReadAllAsync(CancellationToken.None);

    Task<bool> IMembershipTable.InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, CancellationToken.None);

    Task<bool> IMembershipTable.UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    Task IMembershipTable.UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    private protected MembershipLostException VersionLost() => new(
        $"The version of cluster '{ClusterId}' is gone from its membership table: somebody deleted it. Nodes that run go on, but none can join or leave. Stop all nodes of the cluster, then start them.");

    private protected MembershipLostException RowLost(MembershipEntry entry) => new(
        $"The row of silo {entry.SiloAddress} is gone from the membership table of cluster '{ClusterId}': somebody deleted it. Restart the node.");

    private protected void SayOdd(string row, Exception fault) => LogOdd(log, fault, row, ClusterId);

    [LoggerMessage(3001, LogLevel.Error, "Row '{Row}' of cluster '{Cluster}' in the membership table cannot be read and counts for nothing; delete it, no broker wrote it")]
    private static partial void LogOdd(ILogger logger, Exception fault, string row, string cluster);
}
