using Azure;
using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Leases by the service's clock: it stamps every entity that it writes (Timestamp), and a lease runs from its stamp. What time it is now, whoever asks reads from the stamp
/// of an entity that it has just written, in the same partition, which one server of the service has at a time: so both stamps are of one clock, to the
/// tick, where the Date of an answer has whole seconds. The partition also says who owns each journal of the watched kind, so that a renewal finds it by one query.
/// </summary>
internal sealed class AzureLeases(AzureTable table, TimeProvider time) : ISiloLeases
{
    private const string Validity = "validity";
    private const string Epoch = "epoch";
    private const string Writer = "writer";

    /// <summary>Leases of writers that are gone; no validity is as long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>This process asks for the time with it.</summary>
    private readonly string _clock = AzureKeys.Clock(Guid.NewGuid());

    public async ValueTask<IReadOnlyList<OwnedJournal>> RenewAsync(WriterId writer, TimeSpan validity, CancellationToken cancellation)
    {
        await table.PutAsync(new TableEntity(AzureKeys.LeasesPartition, AzureKeys.Lease(writer)) { [Validity] = validity.Ticks }, cancellation).ConfigureAwait(false);
        List<OwnedJournal> owned = [];
        var mine = TableClient.CreateQueryFilter($"writer eq {writer.Value}");
        await foreach (var entity in table.RangeAsync(AzureKeys.LeasesPartition, AzureKeys.WatchedOwners, AzureKeys.WatchedOwners + AzureKeys.End, cancellation, filter: mine).ConfigureAwait(false))
            owned.Add(new OwnedJournal(AzureHeader.ReadJournal(entity), new JournalEpoch(EpochOf(entity))));
        return owned;
    }

    public async ValueTask<TimeSpan> RemainingAsync(WriterId writer, CancellationToken cancellation)
    {
        if (await table.GetAsync(AzureKeys.LeasesPartition, AzureKeys.Lease(writer), cancellation).ConfigureAwait(false) is not { } lease) return TimeSpan.Zero;
        await table.PutAsync(new TableEntity(AzureKeys.LeasesPartition, _clock), cancellation).ConfigureAwait(false);
        var now = await table.GetAsync(AzureKeys.LeasesPartition, _clock, cancellation).ConfigureAwait(false);
        var validity = TimeSpan.FromTicks(lease.GetInt64(Validity)!.Value);
        var remaining = lease.Timestamp!.Value + validity - now!.Timestamp!.Value;
        return remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining < validity ? remaining : validity;
    }

    public async ValueTask EndAsync(WriterId writer, CancellationToken cancellation) =>
        await table.DeleteAsync(new TableEntity(AzureKeys.LeasesPartition, AzureKeys.Lease(writer)) { ETag = ETag.All }, cancellation).ConfigureAwait(false);

    /// <summary>
    /// Says who owns a journal of the watched kind; before its header says so. The owner before then either sees this when it renews, or has renewed early enough that whoever
    /// opened the journal finds its lease. If the opening fails after this, the owner before gives the journal up for nothing, and it is opened anew. Only what stood there is
    /// replaced: a request that the network repeats late changes nothing.
    /// </summary>
    public async Task NoteOwnerAsync(JournalId journal, ulong epoch, WriterId writer, CancellationToken cancellation)
    {
        if (journal.Kind != ISiloLeases.WatchedKind) return;
        var entity = new TableEntity(AzureKeys.LeasesPartition, AzureKeys.WatchedOwner(journal)) { [Epoch] = (long)epoch, [Writer] = writer.Value };
        AzureHeader.WriteJournal(entity, journal);
        while (true)
        {
            var found = await table.GetAsync(AzureKeys.LeasesPartition, entity.RowKey, cancellation).ConfigureAwait(false);
            if (found is null ? await table.TryAddAsync(entity, cancellation).ConfigureAwait(false) : await table.TryUpdateAsync(entity, found.ETag, cancellation).ConfigureAwait(false)) return;
        }
    }

    /// <summary>Leases that ended long ago, and clocks of processes that are gone.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        var old = TableClient.CreateQueryFilter($"Timestamp lt {time.GetUtcNow() - Kept}");
        foreach (var prefix in (string[])[AzureKeys.Leases, AzureKeys.Clocks])
        {
            await foreach (var entity in table.RangeAsync(AzureKeys.LeasesPartition, prefix, prefix + AzureKeys.End, cancellation, filter: old).ConfigureAwait(false))
                await table.DeleteAsync(entity, cancellation).ConfigureAwait(false);
        }
    }

    private static ulong EpochOf(TableEntity entity) => (ulong)entity.GetInt64(Epoch)!.Value;
}
