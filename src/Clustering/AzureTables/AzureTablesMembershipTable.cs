using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace OrleansBroker.Clustering.AzureTables;

/// <summary>
/// Membership in an Azure table, laid out as by Orleans' own provider: a partition for each cluster, an entity for each silo and one for the version, whose tag decides who was
/// first. A read takes pages, so every change also writes its version before the first and behind the last entity: a read that sees different ones saw a change half.
/// </summary>
public sealed class AzureTablesMembershipTable : MembershipTable
{
    public const string DefaultTableName = "OrleansSiloInstances";

    private const string VersionRow = "VersionRow";
    private const string FirstFence = "!Start";
    private const string LastFence = "~End";
    private const string VersionColumn = "MembershipVersion";

    /// <summary>The service's.</summary>
    private const int MaxActions = 100;

    /// <summary>Of a read that always meets a change.</summary>
    private const int MaxReads = 10;

    private readonly TableClient _table;
    private readonly int? _page;

    /// <param name="connectionString">Of the storage account, as Azure's own programs read it.</param>
    /// <param name="page">Entities of one answer; null for the service's own, 1,000.</param>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    /// <exception cref="FormatException">It is no connection string.</exception>
    public AzureTablesMembershipTable(
        string connectionString, string clusterId, ILogger<AzureTablesMembershipTable> log, string tableName = DefaultTableName, int? page = null)
        : base(clusterId, log)
    {
        _table = new TableClient(connectionString, tableName);
        _page = page;
    }

    public override async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken)
    {
        await _table.CreateIfNotExistsAsync(cancellationToken).ConfigureAwait(false);
        if (!tryInitTableVersion) return;
        try
        {
            await _table.SubmitTransactionAsync([new(TableTransactionActionType.Add, Versioned(VersionRow, 0)), .. Fences(0)], cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException failure) when (IsConflict(failure))
        {
            // It is there.
        }
    }

    public override async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken)
    {
        List<TableEntity> all = [];
        await foreach (var entity in QueryAsync(clusterId, cancellationToken).ConfigureAwait(false)) all.Add(entity);
        await DeleteAsync(all, cancellationToken).ConfigureAwait(false);
    }

    public override async Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken)
    {
        // By the service's own clock: whatever changed it, a heartbeat or a vote, is the last that was heard.
        List<TableEntity> defunct = [];
        await foreach (var entity in QueryAsync(ClusterId, cancellationToken).ConfigureAwait(false))
        {
            if (entity.GetString("Status") == nameof(SiloStatus.Dead) && entity.Timestamp < beforeDate) defunct.Add(entity);
        }

        await DeleteAsync(defunct, cancellationToken).ConfigureAwait(false);
    }

    public override async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken)
    {
        // Two entities of one answer stood together.
        var rowKey = AzureSilo.RowKeyOf(key);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {ClusterId} and (RowKey eq {rowKey} or RowKey eq {VersionRow})");
        var read = new AzureMembershipRead();
        await foreach (var entity in _table.QueryAsync<TableEntity>(filter, null, null, cancellationToken).ConfigureAwait(false)) Add(read, entity);
        return read.Version is null ? throw VersionLost() : read.ToData();
    }

    public override async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
    {
        for (var reads = 0; reads < MaxReads; reads++)
        {
            var read = new AzureMembershipRead();
            await foreach (var entity in QueryAsync(ClusterId, cancellationToken).ConfigureAwait(false)) Add(read, entity);
            if (read.IsOneMoment) return read.Version is null ? throw VersionLost() : read.ToData();
        }

        throw new TimeoutException($"The membership table of cluster '{ClusterId}' changes faster than it can be read.");
    }

    public override Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        ChangeAsync(new(TableTransactionActionType.Add, AzureSilo.Write(ClusterId, entry, tableVersion.Version)), tableVersion, cancellationToken);

    // The row's own tag changes with every heartbeat, which is no conflict: that of the version decides.
    public override Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        ChangeAsync(new(TableTransactionActionType.UpdateReplace, AzureSilo.Write(ClusterId, entry, tableVersion.Version), ETag.All), tableVersion, cancellationToken);

    public override async Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await _table.UpdateEntityAsync(AzureSilo.WriteAlive(ClusterId, entry), ETag.All, TableUpdateMode.Merge, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            throw RowLost(entry);
        }
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<bool> ChangeAsync(TableTransactionAction change, TableVersion version, CancellationToken cancellation)
    {
        try
        {
            await _table.SubmitTransactionAsync(
                [
                    change,
                    new(TableTransactionActionType.UpdateReplace, Versioned(VersionRow, version.Version), new ETag(version.VersionEtag)),
                    .. Fences(version.Version),
                ],
                cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException failure) when (IsConflict(failure))
        {
            return false;
        }
    }

    private async Task DeleteAsync(List<TableEntity> entities, CancellationToken cancellation)
    {
        foreach (var batch in entities.Chunk(MaxActions))
        {
            await _table.SubmitTransactionAsync(
                batch.Select(static entity => new TableTransactionAction(TableTransactionActionType.Delete, entity, ETag.All)), cancellation).ConfigureAwait(false);
        }
    }

    private void Add(AzureMembershipRead read, TableEntity entity)
    {
        try
        {
            switch (entity.RowKey)
            {
                case VersionRow:
                    read.Version = new TableVersion(AzureSilo.Number(entity, VersionColumn), entity.ETag.ToString());
                    break;
                case FirstFence:
                    read.First = AzureSilo.Number(entity, VersionColumn);
                    break;
                case LastFence:
                    read.Last = AzureSilo.Number(entity, VersionColumn);
                    break;
                default:
                    read.Silos.Add(Tuple.Create(AzureSilo.Read(entity), entity.ETag.ToString()));
                    break;
            }
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            SayOdd(entity.RowKey, fault);
        }
    }

    private AsyncPageable<TableEntity> QueryAsync(string cluster, CancellationToken cancellation) =>
        _table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {cluster}"), _page, null, cancellation);

    private TableEntity Versioned(string row, int version) => new(ClusterId, row) { ["DeploymentId"] = ClusterId, [VersionColumn] = AzureSilo.Text(version) };

    private IEnumerable<TableTransactionAction> Fences(int version) =>
        [new(TableTransactionActionType.UpsertReplace, Versioned(FirstFence, version)), new(TableTransactionActionType.UpsertReplace, Versioned(LastFence, version))];

    /// <summary>The entity is there, is not there, or is another than the one that was meant: somebody else was faster.</summary>
    private static bool IsConflict(RequestFailedException failure) => failure.Status is 404 or 409 or 412;
}
