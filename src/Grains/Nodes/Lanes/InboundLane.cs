using OrleansBroker.Grains.Nodes.Items;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>
/// The receiving end of one lane: batches are run on the thread pool, in order, one at a time (invariant H8). One may wait while another runs; who sends a third is
/// answered when there is room, and sends no fourth before that.
/// </summary>
internal sealed class InboundLane(SiloAddress from, NodeInbox inbox) : IThreadPoolWorkItem
{
    private readonly Queue<ReadOnlyMemory<byte>> _batches = new();
    private TaskCompletionSource? _room;
    private long _last;

    public SiloAddress From => from;

    public BatchMemory Memory { get; } = new();

    public MatchMemory Matches { get; } = new();

    /// <param name="number">Rising by one: a batch whose answer was lost is sent again, and taken once.</param>
    public Task AcceptAsync(ReadOnlyMemory<byte> batch, long number)
    {
        Task accepted;
        lock (_batches)
        {
            if (number <= _last) return _room?.Task ?? Task.CompletedTask;
            _last = number;
            _batches.Enqueue(batch);
            if (_batches.Count == 1) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            if (_batches.Count <= 2) return Task.CompletedTask;
            accepted = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        return accepted;
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        ReadOnlyMemory<byte> batch;
        lock (_batches) batch = _batches.Peek();
        inbox.Run(batch, this);
        TaskCompletionSource? room;
        lock (_batches)
        {
            // Leaves only now: whoever looks at the queue sees the running one in it.
            _batches.Dequeue();
            if (_batches.Count > 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            room = _batches.Count <= 2 ? _room : null;
            if (room is not null) _room = null;
        }

        room?.SetResult();
    }
}
