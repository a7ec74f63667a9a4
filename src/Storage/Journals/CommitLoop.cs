using System.Collections.Concurrent;

namespace OrleansBroker.Storage.Journals;

/// <summary>
/// The commits of one partition, one at a time. Runs as an item of the thread pool while there is work (no thread, no timer when idle).
/// _running is its only lock: who turns it from 0 to 1 runs it, or schedules its run. ConfigureAwait(false), because a turn may end in a grain's
/// context, where the rest of the silo's commits have no business.
/// </summary>
internal sealed partial class CommitLoop(JournalWriter writer, TimeProvider time, JournalWriterOptions options, CancellationToken stop)
    : IThreadPoolWorkItem
{
    /// <summary>Empty rows kept for use: 1,024, a full commit.</summary>
    private const int MaxPooledRows = 1024;

    /// <summary>How many commits a caller's thread carries out before it leaves the rest to the pool: it has sockets to serve.</summary>
    private const int MaxInlineCommits = 4;

    private readonly ConcurrentQueue<Journal> _dirty = new();
    private readonly ConcurrentQueue<JournalAppend> _pool = new();
    private readonly Lock _idleLock = new();
    private TaskCompletionSource? _idle;
    private int _running;
    private int _pooledRows;
    private long _pendingBytes;

    public long PendingBytes => Interlocked.Read(ref _pendingBytes);

    public void Execute() => _ = RunAsync(int.MaxValue);

    /// <summary>The journal has something pending and is in no commit.</summary>
    public void MarkDirty(Journal journal)
    {
        _dirty.Enqueue(journal);
        if (!ReferenceEquals(CommitTurn.Current, writer))
            Start(inline: false);
    }

    public void Start(bool inline)
    {
        if (_dirty.IsEmpty || Interlocked.CompareExchange(ref _running, 1, 0) != 0)
            return;
        if (inline)
            _ = RunAsync(MaxInlineCommits);
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public Task WhenIdleAsync()
    {
        lock (_idleLock)
        {
            if (Volatile.Read(ref _running) == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    public void AddPendingBytes(int bytes) => Interlocked.Add(ref _pendingBytes, bytes);

    public void Report(Exception fault) => options.Failed?.Invoke(fault);

    public JournalAppend Rent()
    {
        if (!_pool.TryDequeue(out var row))
            return new JournalAppend();
        Interlocked.Decrement(ref _pooledRows);
        return row;
    }

    public void Return(JournalAppend row)
    {
        row.Reset();
        if (Interlocked.Increment(ref _pooledRows) <= MaxPooledRows)
            _pool.Enqueue(row);
        else
            Interlocked.Decrement(ref _pooledRows);
    }

    private async Task RunAsync(int maxCommits)
    {
        try
        {
            await CommitAllAsync(maxCommits).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            // Stores and owners cannot bring us here, only a fault of the writer; then nothing would be acknowledged any more, silently.
            Environment.FailFast("The journal writer failed.", fault);
        }
    }

    private async ValueTask CommitAllAsync(int maxCommits)
    {
        do
        {
            while (!stop.IsCancellationRequested && Gather())
            {
                if (maxCommits-- == 0)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                    return;
                }

                await CommitAsync().ConfigureAwait(false);
                if (_failureCount > 0)
                    await BackOffAsync().ConfigureAwait(false);
            }

            BecomeIdle();
        }
        while (!stop.IsCancellationRequested && !_dirty.IsEmpty && Interlocked.CompareExchange(ref _running, 1, 0) == 0);
    }

    private void BecomeIdle()
    {
        TaskCompletionSource? idle;
        lock (_idleLock)
        {
            // A full fence: whoever enqueued before it is seen by the look at _dirty that follows, whoever comes after sees 0.
            Interlocked.Exchange(ref _running, 0);
            idle = _idle;
            _idle = null;
        }

        idle?.SetResult();
    }
}
