using System.Collections.Concurrent;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>What this process does with a partition, one thing at a time: a commit, or a step of folding behind the commits.</summary>
internal sealed class AzurePartition(string name, AzureTable table, AzureTablesStoreOptions options, TimeProvider time, CancellationToken stop) : IAsyncDisposable
{
    /// <summary>A journal may have so many times the rows that are left to be folded; then its commits fold first.</summary>
    private const int MaxBacklog = 16;

    /// <summary>Records of a step: it ends with the transaction.</summary>
    private const int MaxFoldRecords = 10_000;

    private readonly ConcurrentDictionary<JournalId, AzureJournal> _open = [];
    private readonly AzureChunks _chunks = new(table);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Queue<AzureJournal> _toFold = [];
    private Task _folding = Task.CompletedTask;
    private bool _isFolding;

    public string Name => name;

    /// <summary>The later of two openings of this process is the one that can write.</summary>
    public void Add(AzureJournal opened) =>
        _open.AddOrUpdate(opened.Journal, opened, (_, other) => other.Header.Epoch > opened.Header.Epoch ? other : opened);

    public async Task CommitAsync(List<JournalAppend> appends, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            foreach (var append in appends)
            {
                if (_open.TryGetValue(append.Journal, out var journal) && journal.UnfoldedRows > (long)MaxBacklog * options.MaxUnfoldedRows)
                    await Fold(journal).StepAsync(MaxFoldRecords, cancellation).ConfigureAwait(false);
            }

            var commit = new AzureCommit(table, _chunks, name, _open, time);
            await commit.RunAsync(appends, cancellation).ConfigureAwait(false);
            QueueFolds(commit.Written);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<JournalCompaction> CompactAsync(JournalId journal, JournalEpoch epoch, WriterId writer, int maxRecords, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!_open.TryGetValue(journal, out var open) || !open.Header.IsOf(epoch, writer)) return JournalCompaction.Fenced;
            return await Fold(open).StepAsync(maxRecords, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _folding.ConfigureAwait(false);
        _gate.Dispose();
    }

    private AzureFold Fold(AzureJournal journal) => new(table, _chunks, journal, time);

    private void QueueFolds(List<AzureJournal> written)
    {
        foreach (var journal in written)
        {
            if (journal.IsFoldQueued || (journal.UnfoldedRows <= options.MaxUnfoldedRows && journal.UnfoldedBytes <= JournalAppend.MaxWeightBytes)) continue;
            journal.IsFoldQueued = true;
            _toFold.Enqueue(journal);
        }

        if (_isFolding || _toFold.Count == 0) return;
        _isFolding = true;
        _folding = Task.Run(FoldAllAsync, CancellationToken.None);
    }

    private async Task FoldAllAsync()
    {
        try
        {
            while (await FoldNextAsync().ConfigureAwait(false))
            {
                // Commits come in between.
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closed.
        }
    }

    private async Task<bool> FoldNextAsync()
    {
        await _gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            _isFolding = _toFold.TryDequeue(out var journal);
            if (!_isFolding) return false;
            if (await TryFoldAsync(journal!).ConfigureAwait(false)) _toFold.Enqueue(journal!);
            else journal!.IsFoldQueued = false;
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <returns>True when there is more to do.</returns>
    private async Task<bool> TryFoldAsync(AzureJournal journal)
    {
        try
        {
            return await Fold(journal).StepAsync(MaxFoldRecords, stop).ConfigureAwait(false) == JournalCompaction.More;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            options.Failed?.Invoke(failure); // its next commit queues it again
            return false;
        }
    }
}
