namespace OrleansBroker.Storage.Journals;

/// <summary>One commit: gathering its rows, repeating what is not known, telling the journals.</summary>
internal sealed partial class CommitLoop
{
    private readonly List<JournalAppend> _batch = [];

    /// <summary>Commits in a row that settled nothing.</summary>
    private int _failureCount;
    private long _commitCount;
    private long _rowCount;
    private long _failedCount;

    /// <summary>When the first commit of those in a row that settled nothing began; 0 while the last one has settled something.</summary>
    private long _failingSince;

    public long CommitCount => Interlocked.Read(ref _commitCount);

    public long RowCount => Interlocked.Read(ref _rowCount);

    public long FailedCount => Interlocked.Read(ref _failedCount);

    public TimeSpan FailingFor => Interlocked.Read(ref _failingSince) is var since and not 0 ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>
    /// Fills the batch, which may hold rows of unknown outcome. After a commit that settled nothing it stays as it is: a store may take a
    /// repetition as a whole. Returns whether there is something to commit.
    /// </summary>
    private bool Gather()
    {
        if (_failureCount > 0)
            return true;
        var weight = 0L;
        foreach (var row in _batch)
            weight += row.WeightBytes;
        while (_batch.Count < options.MaxCommitRows && weight < options.MaxCommitBytes && _dirty.TryDequeue(out var journal))
        {
            var row = TakeRow(journal);
            if (row is null)
                continue;
            weight += row.WeightBytes;
            _batch.Add(row);
        }

        return _batch.Count > 0;
    }

    /// <summary>The journal's next row that has something to be written; rows whose records have cancelled each other are as good as committed.</summary>
    private JournalAppend? TakeRow(Journal journal)
    {
        while (journal.Take() is { } row)
        {
            row.Seal();
            if (!row.IsEmpty)
            {
                row.Address(writer.Id, ++journal.RowNumber);
                return row;
            }

            var more = journal.Commit(row);
            Return(row);
            if (!more)
                return null;
        }

        return null;
    }

    private async ValueTask CommitAsync()
    {
        var started = time.GetTimestamp();
        try
        {
            await writer.Store.CommitAsync(_batch, stop).ConfigureAwait(false);
            options.Committed?.Invoke(new JournalCommit(_batch.Count, time.GetElapsedTime(started)));
        }
        catch (Exception failure)
        {
            Interlocked.Increment(ref _failedCount);
            Report(failure); // whatever it was, rows without outcome are repeated
        }

        Interlocked.Increment(ref _commitCount);
        Settle();
        var failing = _failureCount == 0 ? 0 : _failingSince != 0 ? _failingSince : started;
        Interlocked.Exchange(ref _failingSince, failing);
    }

    /// <summary>Tells the journals and keeps the rows of unknown outcome.</summary>
    private void Settle()
    {
        var kept = 0;
        for (var i = 0; i < _batch.Count; i++)
        {
            if (_batch[i].Outcome == JournalOutcome.Unknown)
                _batch[kept++] = _batch[i];
            else
                Settle(_batch[i]);
        }

        _failureCount = kept == _batch.Count ? _failureCount + 1 : 0;
        _batch.RemoveRange(kept, _batch.Count - kept);
    }

    private void Settle(JournalAppend row)
    {
        var journal = row.Source!;
        if (row.Outcome == JournalOutcome.Fenced)
        {
            journal.Fence();
        }
        else
        {
            Interlocked.Increment(ref _rowCount);
            if (journal.Commit(row))
                _dirty.Enqueue(journal);
        }

        Return(row);
    }

    /// <summary>50 ms, 100 ms, 200 ms, … up to the longest.</summary>
    private async ValueTask BackOffAsync()
    {
        var delay = options.MinRetryDelay * Math.Pow(2, Math.Min(_failureCount - 1, 16));
        try
        {
            await Task.Delay(delay < options.MaxRetryDelay ? delay : options.MaxRetryDelay, time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop sees it next.
        }
    }
}
