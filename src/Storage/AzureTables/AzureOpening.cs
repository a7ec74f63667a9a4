using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// Takes a journal: writes the row after its last and the header with a new epoch, both only if nobody was faster. Then nothing can be added to what was read before,
/// and what was read is all there is.
/// </summary>
internal sealed class AzureOpening(AzureTable table, AzureChunks chunks, string partition, TimeProvider time)
{
    public async Task<(AzureJournal Opened, JournalOpening Opening)> RunAsync(
        JournalId journal, WriterId writer, AzureLeases leases, IJournalReplay replay, CancellationToken cancellation)
    {
        var name = AzureKeys.Journal(journal);
        while (true)
        {
            var before = await ReadHeaderAsync(journal, name, cancellation).ConfigureAwait(false);
            var rows = await ReadRowsAsync(name, before?.Folded ?? 0, cancellation).ConfigureAwait(false);
            var last = rows.Count > 0 ? AzureRowEntity.NumberOf(rows[^1]) : before?.Folded ?? 0;
            var header = HeaderOf(journal, writer, before);
            await leases.NoteOwnerAsync(journal, header.Epoch, writer, cancellation).ConfigureAwait(false);
            if (await TryTakeAsync(name, before, header, last + 1, cancellation).ConfigureAwait(false) is not { } taken) continue;
            await new AzureReplay(table, chunks, partition, name, replay).RunAsync(taken, rows, cancellation).ConfigureAwait(false);
            var isNew = before is null || before.Ending == JournalEnding.Delete;
            var isClosed = isNew || before!.Ending != JournalEnding.None;
            var opening = new JournalOpening(
                new JournalEpoch(taken.Epoch), last + 1, isNew ? null : before!.Writer, isClosed, taken.DueUtcSecond, taken.AttachedOwner)
            {
                PreviousAge = isClosed ? default : await AgeOfAsync(before!, name, cancellation).ConfigureAwait(false),
            };
            return (new AzureJournal(partition, name, taken, last + 1), opening);
        }
    }

    public async Task<AzureHeader?> ReadHeaderAsync(JournalId journal, string name, CancellationToken cancellation)
    {
        if (await table.GetAsync(partition, AzureKeys.Header(name), cancellation).ConfigureAwait(false) is not { } entity) return null;
        var header = AzureHeader.Read(entity);
        return header.Journal == journal ? header : throw new InvalidDataException($"Journals {journal} and {header.Journal} have the same name in the store: SHA-256 of both keys is the same.");
    }

    /// <summary>All rows that are not folded.</summary>
    public async Task<List<TableEntity>> ReadRowsAsync(string name, ulong folded, CancellationToken cancellation)
    {
        List<TableEntity> rows = [];
        await foreach (var row in table.RangeAsync(partition, AzureKeys.Row(name, folded + 1), AzureKeys.Row(name, ulong.MaxValue), cancellation).ConfigureAwait(false)) rows.Add(row);
        return rows;
    }

    /// <summary>By the stamps that the service gave the header: the owner before opened the journal when it changed it last, or earlier.</summary>
    private async Task<TimeSpan> AgeOfAsync(AzureHeader before, string name, CancellationToken cancellation)
    {
        var now = await table.GetAsync(partition, AzureKeys.Header(name), cancellation, ["Timestamp"]).ConfigureAwait(false);
        return now is null ? default : now.Timestamp!.Value - before.Stamp;
    }

    private AzureHeader HeaderOf(JournalId journal, WriterId writer, AzureHeader? before)
    {
        var now = time.GetUtcNow();
        // Greater than before, also if the journal was deleted so long ago that its header is gone.
        var epoch = Math.Max((before?.Epoch ?? 0) + 1, (ulong)now.ToUnixTimeSeconds());
        return before is null
            ? new AzureHeader { Journal = journal, Epoch = epoch, Writer = writer, OpenedUtc = now }
            : before with { Epoch = epoch, Writer = writer, Ending = JournalEnding.None, OpenedUtc = now };
    }

    private async Task<AzureHeader?> TryTakeAsync(string name, AzureHeader? before, AzureHeader header, ulong number, CancellationToken cancellation)
    {
        var transaction = new AzureTransaction(table);
        transaction.Add(AzureRowEntity.Create(partition, name, number, header));
        var entity = header.ToEntity(partition, name);
        var place = before is null ? transaction.Add(entity) : transaction.Update(entity, before.Tag);
        var answers = await transaction.TrySubmitAsync(cancellation).ConfigureAwait(false);
        return answers is null ? null : header with { Tag = AzureTransaction.TagOf(answers[place]) }; // null: read again what somebody wrote meanwhile
    }
}
