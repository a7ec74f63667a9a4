using System.Buffers;
using System.Runtime.InteropServices;
using Azure;
using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>Rows of several journals of one partition that go into one transaction, with what they change in headers and indexes.</summary>
internal sealed class AzureBatch(AzureTable table, AzureChunks chunks, string partition, DateTimeOffset now)
{
    /// <summary>A payload is written once when that saves this much; each such payload costs an entity, which is changed and deleted later.</summary>
    private const int MinSavedBytes = 4 * 1024;

    /// <summary>Row, header, and the old and the new entry of two indexes.</summary>
    private const int MaxActionsOfARow = 6;

    /// <summary>The names and the other properties of a row's entities.</summary>
    private const int BytesOfARow = 2 * 1024;

    private readonly List<Row> _rows = [];
    private readonly Dictionary<byte[], int> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly AzurePayloads _payloads = new(table, chunks, partition);
    private int _actions;
    private int _rowActions;
    private long _bytes;

    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>False when it does not fit any more; the first always fits.</summary>
    public bool TryAdd(JournalAppend append, AzureJournal journal)
    {
        var header = HeaderAfter(append, journal.Header);
        var (actions, bytes) = Count(append);
        var rowActions = header.IsSameAs(journal.Header) ? 1 : MaxActionsOfARow;
        actions += rowActions;
        if (_rows.Count > 0 && (_actions + actions > AzureTransaction.MaxActions || _bytes + bytes > AzureTransaction.MaxBytes))
        {
            Uncount(append);
            return false;
        }

        _actions += actions;
        _rowActions += rowActions;
        _bytes += bytes;
        _rows.Add(new Row(append, journal, header));
        return true;
    }

    /// <summary>Writes all rows or none.</summary>
    /// <returns>Null, or the row on account of which nothing was written (all, if the service does not say which).</returns>
    public async Task<IReadOnlyList<Row>?> SubmitAsync(CancellationToken cancellation)
    {
        var transaction = new AzureTransaction(table);
        var shared = await AddPayloadsAsync(transaction, cancellation).ConfigureAwait(false);
        foreach (var row in _rows) await AddAsync(transaction, row, shared, cancellation).ConfigureAwait(false);
        try
        {
            var answers = await transaction.SubmitAsync(cancellation).ConfigureAwait(false);
            foreach (var row in _rows) row.Written(answers);
            return null;
        }
        catch (TableTransactionFailedException failure) when (AzureTable.IsConflict(failure))
        {
            return failure.FailedTransactionActionIndex is { } place && _rows.FindLast(row => row.FirstAction <= place) is { } refused ? [refused] : _rows;
        }
    }

    private static AzureHeader HeaderAfter(JournalAppend append, AzureHeader header)
    {
        header = header with { Ending = append.Ending };
        if (append.Ending == JournalEnding.Delete)
            return header with { DueUtcSecond = 0, AttachedOwner = null, Folded = append.Number, FoldedRecords = 0, Generation = header.Generation + 1 };
        if (append.ChangesDue) header = header with { DueUtcSecond = append.DueUtcSecond };
        if (append.ChangesAttached) header = header with { AttachedOwner = append.AttachedOwner };
        return header;
    }

    /// <summary>At most so many actions for payloads, and bytes.</summary>
    private (int Actions, long Bytes) Count(JournalAppend append)
    {
        if (append.Ending == JournalEnding.Delete) return (1, BytesOfARow);
        var actions = 0;
        long body = append.Records.Length, bytes = BytesOfARow;
        foreach (var payload in append.Payloads.Span)
        {
            var array = ImmutableCollectionsMarshal.AsArray(payload)!;
            ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, array, out _);
            body += IsShared(array.Length, uses) ? AzureRow.SharedBytes : AzureRow.SharedBytes + array.Length;
            if (!IsShared(array.Length, uses) && IsShared(array.Length, uses + 1))
            {
                actions++;
                bytes += Math.Min(array.Length, AzureBody.MaxBytes);
            }

            uses++;
        }

        return (actions, bytes + Math.Min(body, AzureBody.MaxBytes));
    }

    private void Uncount(JournalAppend append)
    {
        if (append.Ending == JournalEnding.Delete) return;
        foreach (var payload in append.Payloads.Span) _uses[ImmutableCollectionsMarshal.AsArray(payload)!]--;
    }

    private static bool IsShared(int length, int uses) => (long)length * (uses - 1) >= MinSavedBytes;

    private async Task<Dictionary<byte[], Guid>> AddPayloadsAsync(AzureTransaction transaction, CancellationToken cancellation)
    {
        Dictionary<byte[], Guid> shared = new(ReferenceEqualityComparer.Instance);
        foreach (var (bytes, uses) in _uses)
        {
            if (!IsShared(bytes.Length, uses)) continue;
            if (transaction.Count + _rowActions == AzureTransaction.MaxActions) break; // one row with so many: the others stay its own
            var id = Guid.CreateVersion7();
            shared.Add(bytes, id);
            transaction.Add(await _payloads.ToEntityAsync(id, bytes, uses, cancellation).ConfigureAwait(false));
        }

        return shared;
    }

    private async Task AddAsync(AzureTransaction transaction, Row row, Dictionary<byte[], Guid> shared, CancellationToken cancellation)
    {
        var (append, journal) = (row.Append, row.Journal);
        var entity = AzureRowEntity.Create(partition, journal.Name, append);
        if (append.Ending != JournalEnding.Delete) await chunks.WriteBodyAsync(entity, BodyOf(append, shared), cancellation).ConfigureAwait(false);
        row.FirstAction = transaction.Add(entity);
        if (row.Header.IsSameAs(journal.Header)) return;
        row.HeaderAction = transaction.Update(row.Header.ToEntity(partition, journal.Name), journal.Header.Tag);
        AzureIndexEntries.Change(transaction, partition, journal.Name, journal.Header, row.Header);
        if (append.Ending == JournalEnding.Delete) transaction.Put(AzureGarbage.Create(partition, journal.Name, journal.Header, append.Number, now));
    }

    private static ReadOnlyMemory<byte> BodyOf(JournalAppend append, Dictionary<byte[], Guid> shared)
    {
        var body = new ArrayBufferWriter<byte>(Math.Max(1, append.Records.Length));
        foreach (var record in append)
        {
            AzureRow.Write(body, record.Stored);
            if (!record.HasPayload) continue;
            var payload = ImmutableCollectionsMarshal.AsArray(record.Payload)!;
            if (shared.TryGetValue(payload, out var id)) AzureRow.WriteShared(body, id);
            else AzureRow.WriteOwn(body, payload);
        }

        return body.WrittenMemory;
    }

    /// <summary>A row with what it makes of its journal's header.</summary>
    internal sealed class Row(JournalAppend append, AzureJournal journal, AzureHeader header)
    {
        public JournalAppend Append => append;

        public AzureJournal Journal => journal;

        public AzureHeader Header => header;

        public int FirstAction { get; set; }

        public int? HeaderAction { get; set; }

        public void Written(IReadOnlyList<Response> answers)
        {
            append.Outcome = JournalOutcome.Committed;
            journal.Last = append.Number;
            journal.UnfoldedBytes += append.WeightBytes;
            if (HeaderAction is { } place) journal.Header = header with { Tag = AzureTransaction.TagOf(answers[place]) };
        }
    }
}
