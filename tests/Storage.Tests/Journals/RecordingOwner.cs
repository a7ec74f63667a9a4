using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>A grain that notes what its journal tells it.</summary>
public sealed class RecordingOwner : IJournalOwner
{
    private readonly Lock _lock = new();
    private readonly List<ulong> _committed = [];
    private readonly TaskCompletionSource _fenced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Action<ulong>? OnCommitted { get; set; }

    public Task WhenFenced => _fenced.Task;

    public IReadOnlyList<ulong> Committed
    {
        get
        {
            lock (_lock)
                return [.. _committed];
        }
    }

    void IJournalOwner.Committed(ulong number)
    {
        lock (_lock)
            _committed.Add(number);
        OnCommitted?.Invoke(number);
    }

    void IJournalOwner.Fenced() => _fenced.SetResult();
}
