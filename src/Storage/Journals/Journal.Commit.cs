namespace OrleansBroker.Storage.Journals;

/// <summary>The writer's half of a journal. It is in the dirty queue or in a commit at most once (_queued), so these run one at a time.</summary>
public sealed partial class Journal
{
    private List<(ulong Number, TaskCompletionSource<bool> Source)>? _waiters;

    /// <summary>Number of the last row; the writer's alone.</summary>
    internal ulong RowNumber { get; set; }

    /// <summary>
    /// Whether the change is committed, as soon as it is known: false when it never will be. For grain calls that await (a publish uses
    /// <see cref="IJournalOwner"/>); continues on the pool, after the owner was told.
    /// </summary>
    public Task<bool> WhenCommittedAsync(ulong number)
    {
        lock (this)
        {
            if (number <= _committed)
                return Task.FromResult(true);
            if (_fenced || number == Never)
                return Task.FromResult(false);
            var source = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            (_waiters ??= []).Add((number, source));
            return source.Task;
        }
    }

    /// <summary>Takes the oldest pending row; null when nothing is pending, and then the next change marks the journal dirty again.</summary>
    internal JournalAppend? Take()
    {
        lock (this)
        {
            var row = _first;
            if (row is null)
            {
                _queued = false;
                return null;
            }

            _first = row.Next;
            if (_first is null)
                _last = null;
            row.Next = null;
            return row;
        }
    }

    /// <summary>The row is safe. Returns whether more is pending, and then the journal stays queued.</summary>
    internal bool Commit(JournalAppend row)
    {
        var number = row.End;
        lock (this)
            _committed = number;
        try
        {
            _owner.Committed(number);
        }
        catch (Exception fault)
        {
            Loop.Report(fault); // one grain's fault must not stop the writer of all
        }

        Answer(number, committed: true);
        lock (this)
        {
            _queued = _first is not null;
            return _queued;
        }
    }

    /// <summary>Drops what is pending, for good.</summary>
    internal void Fence()
    {
        JournalAppend? pending;
        lock (this)
        {
            pending = _first;
            _first = _last = null;
            _ended = _fenced = true;
        }

        while (pending is not null)
        {
            var next = pending.Next;
            Loop.Return(pending);
            pending = next;
        }

        try
        {
            _owner.Fenced();
        }
        catch (Exception fault)
        {
            Loop.Report(fault);
        }

        Answer(Never, committed: false);
    }

    private void Answer(ulong upTo, bool committed)
    {
        if (_waiters is not null)
            AnswerWaiters(upTo, committed);
    }

    /// <summary>Apart from the common case, for which its closure would be allocated, too.</summary>
    private void AnswerWaiters(ulong upTo, bool committed)
    {
        List<TaskCompletionSource<bool>> answered = [];
        lock (this)
        {
            answered.AddRange(_waiters!.Where(waiter => waiter.Number <= upTo).Select(waiter => waiter.Source));
            _waiters!.RemoveAll(waiter => waiter.Number <= upTo);
            if (_waiters.Count == 0)
                _waiters = null;
        }

        foreach (var source in answered)
            source.SetResult(committed);
    }
}
