namespace OrleansBroker.Storage.Journals;

/// <summary>
/// The silo's one writer: groups the pending rows of all its journals into commits. Per partition of the store one commit is under way while
/// the next one gathers, so the size of commits follows the load and the store's speed, without a timer.
/// </summary>
public sealed class JournalWriter : IAsyncDisposable
{
    private readonly CommitLoop[] _loops;
    private readonly CancellationTokenSource _stop = new();
    private bool _disposed;
    private long _failedOpenings;

    public JournalWriter(IJournalStore store, WriterId id, TimeProvider time, JournalWriterOptions? options = null)
    {
        Store = store;
        Id = id;
        _loops = new CommitLoop[store.PartitionCount];
        for (var i = 0; i < _loops.Length; i++)
            _loops[i] = new CommitLoop(this, time, options ?? new JournalWriterOptions(), _stop.Token);
    }

    public IJournalStore Store { get; }

    public WriterId Id { get; }

    /// <summary>Bytes of buffers that hold what is not yet committed. Payloads are not counted: whoever admitted the messages counts them.</summary>
    public long PendingBytes => _loops.Sum(loop => loop.PendingBytes);

    /// <summary>Commits that the store has answered, repetitions included.</summary>
    public long CommitCount => _loops.Sum(loop => loop.CommitCount);

    /// <summary>Rows that are committed.</summary>
    public long RowCount => _loops.Sum(loop => loop.RowCount);

    /// <summary>Commits that failed as a whole.</summary>
    public long FailedCommitCount => _loops.Sum(loop => loop.FailedCount);

    /// <summary>For how long no commit of some partition has settled anything, as long as there is something to commit; zero when none fails.</summary>
    public TimeSpan FailingFor => _loops.Max(loop => loop.FailingFor);

    /// <summary>Journals that could not be opened.</summary>
    public long FailedOpeningCount => Interlocked.Read(ref _failedOpenings);

    /// <summary>Opens a journal in the store and makes it one of this writer's. Throws what the store throws when it cannot be reached.</summary>
    public async ValueTask<OpenedJournal> OpenAsync(
        JournalId id, IJournalOwner owner, IJournalReplay replay, CancellationToken cancellation)
    {
        try
        {
            var opening = await Store.OpenAsync(id, Id, replay, cancellation);
            return new OpenedJournal(new Journal(id, opening, _loops[Store.PartitionOf(id)], owner), opening);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _failedOpenings);
            throw;
        }
    }

    /// <summary>
    /// Until it is disposed, what this thread appends starts no commit; then it starts one, or, when the store commits inline, carries it
    /// out at once on this thread. For a transport's loop and a batch of a lane: saves a thread hop per turn. Without it a commit starts with
    /// the first append. Dispose it on the same thread, under no lock.
    /// </summary>
    public CommitTurn BeginTurn() => CommitTurn.Begin(this);

    /// <summary>Done when, at one moment, nothing was pending. While others go on appending this may take for ever: bound it.</summary>
    public Task WhenIdleAsync(CancellationToken cancellation) =>
        Task.WhenAll(_loops.Select(loop => loop.WhenIdleAsync())).WaitAsync(cancellation);

    /// <summary>Stops at once: cancels the commits under way and gives up what is pending; nobody is told of it. Repeating it is harmless.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _stop.CancelAsync();
        await Task.WhenAll(_loops.Select(loop => loop.WhenIdleAsync()));
        _stop.Dispose();
    }

    internal void EndTurn()
    {
        foreach (var loop in _loops)
            loop.Start(inline: Store.CommitsInline);
    }
}
