using Azure.Core;
using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Keeps journals in a table of an Azure storage account, for any number of nodes. A row of a journal is an entity, so it is written whole or not at all; rows of many
/// journals of a partition go into one transaction. Rows are folded into an entity for each record behind the commits (<see cref="AzureFold"/>).
/// </summary>
public sealed class AzureTablesJournalStore : IJournalStore
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    /// <summary>Sweeps of deletions for each of chunks.</summary>
    private const int SweepsPerChunkSweep = 60;

    private readonly CancellationTokenSource _stop = new();
    private readonly Action<Exception>? _failed;
    private readonly TimeProvider _time;
    private readonly AzureTable _table;
    private readonly AzureChunks _chunks;
    private readonly AzureIndexes _indexes;
    private readonly AzureOwners _owners;
    private readonly AzureLeases _leases;
    private readonly AzurePartition[] _partitions;
    private readonly Task _sweeping;

    private AzureTablesJournalStore(AzureTable table, AzureTablesStoreOptions options, TimeProvider time)
    {
        _table = table;
        _failed = options.Failed;
        _time = time;
        _chunks = new AzureChunks(table);
        _indexes = new AzureIndexes(table, options.Layout.BucketCount);
        _owners = new AzureOwners(table, _indexes, time);
        _leases = new AzureLeases(table, time);
        _partitions = [.. Enumerable.Range(0, options.Layout.BucketCount).Select(bucket => new AzurePartition(AzureKeys.Partition(bucket), table, options, time, _stop.Token))];
        _sweeping = SweepAsync();
    }

    public int PartitionCount => _partitions.Length;

    public int BucketCount => _partitions.Length;

    public bool CommitsInline => false;

    public bool ReadsInline => false;

    public ISiloLeases Leases => _leases;

    /// <summary>Connects and creates the table if it is not there.</summary>
    /// <exception cref="StoreRefusedException">The table cannot be used by this program.</exception>
    public static async Task<AzureTablesJournalStore> OpenAsync(AzureTablesStoreOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var client = new TableClient(options.ConnectionString, options.TableName, ClientOptions());
        await client.CreateIfNotExistsAsync(cancellation).ConfigureAwait(false);
        var table = new AzureTable(client);
        await AzureSchema.EnsureAsync(table, options.TableName, options.Layout, cancellation).ConfigureAwait(false);
        return new AzureTablesJournalStore(table, options, time);
    }

    public int PartitionOf(JournalId journal) => journal.BucketOf(_partitions.Length);

    public async ValueTask<JournalOpening> OpenAsync(JournalId journal, WriterId writer, IJournalReplay replay, CancellationToken cancellation)
    {
        var partition = _partitions[PartitionOf(journal)];
        var (opened, opening) = await new AzureOpening(_table, _chunks, partition.Name, _time).RunAsync(journal, writer, _leases, replay, cancellation).ConfigureAwait(false);
        partition.Add(opened);
        return opening;
    }

    public async ValueTask CommitAsync(IReadOnlyList<JournalAppend> appends, CancellationToken cancellation)
    {
        if (appends.Count == 0) return;
        foreach (var append in appends)
        {
            if (append is { ChangesAttached: true, AttachedOwner: { } owner }) await _owners.NoteAsync(owner, cancellation).ConfigureAwait(false);
        }

        foreach (var group in appends.GroupBy(append => PartitionOf(append.Journal))) await _partitions[group.Key].CommitAsync([.. group], cancellation).ConfigureAwait(false);
    }

    public async ValueTask<JournalCompaction> CompactAsync(JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation) =>
        await _partitions[PartitionOf(journal)].CompactAsync(journal, epoch, writer, maxRecords, cancellation).ConfigureAwait(false);

    public async ValueTask ReadAsync(JournalId journal, IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay, CancellationToken cancellation)
    {
        var (partition, name) = (_partitions[PartitionOf(journal)].Name, AzureKeys.Journal(journal));
        var opening = new AzureOpening(_table, _chunks, partition, _time);
        if (await opening.ReadHeaderAsync(journal, name, cancellation).ConfigureAwait(false) is not { } header) return;
        var rows = await opening.ReadRowsAsync(name, header.Folded, cancellation).ConfigureAwait(false);
        await new AzureReplay(_table, _chunks, partition, name, replay).RunAsync(header, rows, keys, cancellation).ConfigureAwait(false);
    }

    public async ValueTask ScanAsync(JournalId journal, JournalScan scan, IJournalReplay replay, CancellationToken cancellation)
    {
        var (partition, name) = (_partitions[PartitionOf(journal)].Name, AzureKeys.Journal(journal));
        var opening = new AzureOpening(_table, _chunks, partition, _time);
        if (await opening.ReadHeaderAsync(journal, name, cancellation).ConfigureAwait(false) is not { } header) return;
        var rows = await opening.ReadRowsAsync(name, header.Folded, cancellation).ConfigureAwait(false);
        await new AzureReplay(_table, _chunks, partition, name, replay).RunAsync(header, rows, scan, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<JournalDigestPage> DigestAsync(JournalDigestQuery query, CancellationToken cancellation) =>
        await new AzureDigests(_table, _chunks, _indexes, _time, BucketCount).ReadAsync(query, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<JournalId>> ListAsync(string kind, JournalId? after, int limit, CancellationToken cancellation) =>
        await _indexes.ListAsync(kind, after, limit, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<DueJournal>> DueAsync(int bucket, long beforeUtcSecond, DueJournal? after, int limit, CancellationToken cancellation) =>
        await _indexes.DueAsync(bucket, beforeUtcSecond, after, limit, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<JournalId>> AttachedAsync(string owner, JournalId? after, int limit, CancellationToken cancellation) =>
        await _indexes.AttachedAsync(owner, after, limit, cancellation).ConfigureAwait(false);

    public async ValueTask<IReadOnlyList<string>> AttachedOwnersAsync(string? after, int limit, CancellationToken cancellation) =>
        await _owners.ListAsync(after, limit, cancellation).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweeping.ConfigureAwait(false);
        foreach (var partition in _partitions) await partition.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>A round of what is swept each minute, and of what is swept each hour.</summary>
    internal async Task SweepOnceAsync(bool withChunks, CancellationToken cancellation)
    {
        await _owners.NoteAgainAsync(cancellation).ConfigureAwait(false);
        await _leases.SweepAsync(cancellation).ConfigureAwait(false);
        foreach (var partition in _partitions)
        {
            var sweep = new AzureSweep(_table, _chunks, partition.Name, _time);
            await sweep.RunAsync(cancellation).ConfigureAwait(false);
            if (withChunks) await sweep.SweepChunksAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static TableClientOptions ClientOptions()
    {
        // Whoever commits repeats by itself, and whoever reads is told at once: a store that is out of reach shows within seconds.
        var options = new TableClientOptions { Retry = { MaxRetries = 1, Mode = RetryMode.Fixed, Delay = TimeSpan.FromMilliseconds(200), NetworkTimeout = TimeSpan.FromSeconds(20) } };
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        return options;
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepInterval, _time);
        try
        {
            for (var round = 1; await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false); round++)
                await TrySweepAsync(round % SweepsPerChunkSweep == 0).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The store is closed.
        }
    }

    private async Task TrySweepAsync(bool withChunks)
    {
        try
        {
            await SweepOnceAsync(withChunks, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _failed?.Invoke(failure); // nothing waits for it: the next round does it
        }
    }
}
