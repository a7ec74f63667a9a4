using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>
/// The hot state of one topic grain: the pure <see cref="Shard"/> behind a monitor that publishers of this silo enter directly.
/// Owned by the activation, which opens and closes it.
/// </summary>
internal sealed partial class ShardMonitor : WorkMonitor<ShardWork>, IJournalOwner, ILeaseHolder
{
    /// <summary>QoS 0 publications that may wait in the inbox; what connections may have outstanding bounds the rest.</summary>
    private const int MaxWaitingQoS0 = 65_536;

    /// <summary>Nodes of the retained store per retained message, well above the one or two that it adds; 1 µs.</summary>
    private const int ExpirySteps = 32;

    private readonly Shard _shard;
    private readonly ShardServices _services;
    private readonly Action<Exception?> _lost;
    private readonly ShardFence? _fence;
    private readonly Queue<(ulong Number, TaskCompletionSource Waiter)> _commitWaiters = new();
    private ShardJob? _job;
    private TaskCompletionSource? _jobDone;
    private ulong _committed;
    private bool _fenced;
    private volatile bool _closed;

    /// <param name="lost">The shard cannot go on here: its journal has another owner (null) or its state is in doubt. On any thread.</param>
    public ShardMonitor(int number, ShardServices services, Action<Exception?> lost)
        : base(services.InboxLimits)
    {
        Number = number;
        _services = services;
        _lost = lost;
        _fence = number == ShardSpace.Node ? null : services.NewFence();
        _shard = new Shard(services.Limits, services.Counters, services.Totals, Answered);
    }

    public int Number { get; }

    /// <summary>The shard goes on elsewhere: what comes is handed on.</summary>
    public bool IsClosed => _closed;

    /// <inheritdoc/>
    protected override bool HasJob => _job is not null || _fence is { HasReady: true };

    /// <summary>Hands a publication to the shard, or, when the monitor is closed, to the shard's next owner: in order either way (invariant B4).</summary>
    public void Publish(Publication publication, ShardWorkKind kind = ShardWorkKind.Publish)
    {
        if (publication.QoS == QoS.AtMostOnce && Waiting >= MaxWaitingQoS0) _services.Counters.Drop(DropReason.LaneFull);
        else Enter(new ShardWork(kind, publication));
    }

    /// <summary>Answered in its turn, here or where the shard is now.</summary>
    public void Enter(OrderBarrier barrier) => Enter(new ShardWork(ShardWorkKind.Barrier, barrier));

    /// <summary>Runs control work under the monitor; its job, when it has one, is done before the result is seen.</summary>
    /// <returns>The journal number that must be committed before the work is confirmed.</returns>
    public async Task RunAsync(Func<Shard, (ulong Number, ShardJob? Job)> body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var operation = new PendingOperation<Shard, ulong>(shard => Begin(shard, body, done));
        Enter(new ShardWork(ShardWorkKind.Operation, operation));
        var number = await operation.Task;
        await done.Task;
        await CommittedAsync(number);
    }

    /// <summary>Not awaited by whoever has just been refused: a route that is still there is refused again.</summary>
    public Task RemoveStaleAsync(ReadOnlyMemory<byte> topic, RouteMatch match) => RunAsync(shard =>
    {
        shard.RemoveStale(topic.Span, match);
        return (0, null);
    });

    /// <summary>The activation ends, after <see cref="Close"/>: what ran or waited has ended, or is on its way to the next owner.</summary>
    public Task LeaveAsync() => RunAsync(shard =>
    {
        HandOnWaiting();
        shard.Leave();
        return (0, null);
    });

    /// <summary>From now on publications go on to the next owner, those in the inbox included.</summary>
    public void Close() => _closed = true;

    /// <summary>Completes when all that has come until now has run, or has been handed on.</summary>
    public Task CaughtUpAsync() => RunAsync(static _ => (0, null));

    /// <summary>After <see cref="LeaveAsync"/>: completes when no publication waits here any more, nor will one.</summary>
    public async Task SealAsync()
    {
        var isSealed = false;
        while (!isSealed)
        {
            await RunAsync(_ =>
            {
                isSealed = TrySeal();
                return (0, null);
            });
        }
    }

    /// <inheritdoc/>
    public void Committed(ulong number) => Enter(new ShardWork(ShardWorkKind.Committed, Number: number));

    /// <inheritdoc/>
    public void Fenced() => Enter(new ShardWork(ShardWorkKind.Fenced));

    /// <inheritdoc/>
    protected override void Run(in ShardWork work)
    {
        switch (work.Kind)
        {
            case <= ShardWorkKind.LastHandedOn when _closed:
                HandOnWaiting();
                HandOn(work);
                break;
            case <= ShardWorkKind.PublishParked:
                RunPublish((Publication)work.First!);
                break;
            case ShardWorkKind.Barrier:
                _services.Senders.Arrived((OrderBarrier)work.First!);
                break;
            case ShardWorkKind.Answered:
                _shard.Answered((SharedOffer)work.First!, (OfferAnswer)work.Answer);
                break;
            case ShardWorkKind.Committed:
                RunCommitted(work.Number);
                break;
            case ShardWorkKind.Fenced:
                RunFenced();
                break;
            case ShardWorkKind.LeaseRecovered:
                _fence!.Recovered();
                break;
            case ShardWorkKind.Operation:
                ((Operation<Shard>)work.First!).Run(_shard);
                break;
            case ShardWorkKind.PublishCounted:
                RunCounted((CountedPublication)work.First!);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Deferred(in ShardWork work)
    {
        if (work.Kind <= ShardWorkKind.PublishParked) ((Publication)work.First!).Defer();
    }

    /// <inheritdoc/>
    protected override bool IsHandedOn(in ShardWork work) => work.Kind <= ShardWorkKind.LastHandedOn;

    /// <inheritdoc/>
    protected override void HandOn(in ShardWork work)
    {
        switch (work.Kind)
        {
            case ShardWorkKind.Publish:
                _services.Routes.Publish(Number, (Publication)work.First!);
                break;
            case ShardWorkKind.PublishPassedOn:
                _services.Forwards.Publish(Number, (Publication)work.First!);
                break;
            case ShardWorkKind.PublishParked:
                _services.Routes.Return(Number, (Publication)work.First!);
                break;
            default:
                _services.Forwards.Pass(Number, (OrderBarrier)work.First!);
                break;
        }
    }

    /// <inheritdoc/>
    protected override bool RunJobSlice()
    {
        if (_job is null) return RunParked();
        var job = _job;
        // Cleared before the last slice can throw: a job that failed must not be run for ever.
        _job = null;
        if (!RunSlice(job))
        {
            _job = job;
            return true;
        }

        _jobDone?.SetResult();
        _jobDone = null;
        return true;
    }

    /// <inheritdoc/>
    protected override void Faulted(Exception fault) => _lost(fault);

    private bool RunSlice(ShardJob job)
    {
        var now = _services.Clock.NowMilliseconds;
        if (job.ReceiversToCome == 0) return job.RunSlice(now);
        var toCome = 0; // also of a job that fails
        _services.Connections.BeginFanOut();
        try
        {
            var isDone = job.RunSlice(now);
            toCome = job.ReceiversToCome;
            return isDone;
        }
        finally
        {
            _services.Connections.EndFanOut(toCome);
        }
    }

    private void RunPublish(Publication publication)
    {
        if (_fence is not null && ShardFence.Concerns(publication)) RunFencedPublish(publication);
        else Match(publication);
    }

    private void Match(Publication publication)
    {
        // Whoever adds to the retained store clears a little of what has expired: no timer, and what is not added to does not grow.
        if (publication.Retain) _shard.RemoveExpired(_services.Clock.NowMilliseconds, ExpirySteps);
        _job = _shard.Publish(publication);
    }

    private ulong Begin(Shard shard, Func<Shard, (ulong Number, ShardJob? Job)> body, TaskCompletionSource done)
    {
        (var number, _job) = body(shard);
        if (_job is null) done.SetResult();
        else _jobDone = done;
        return number;
    }

    private void Answered(SharedOffer offer, OfferAnswer answer) => Enter(new ShardWork(ShardWorkKind.Answered, offer, Answer: (byte)answer));

    private Task CommittedAsync(ulong number)
    {
        lock (_commitWaiters)
        {
            if (number <= _committed) return Task.CompletedTask;
            if (number == Journal.Never || _fenced) return Task.FromException(new JournalFencedException());
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _commitWaiters.Enqueue((number, waiter));
            return waiter.Task;
        }
    }

    private void RunFenced()
    {
        // Told by the journal, by a renewal of the lease, or by both.
        if (_fenced) return;
        Close();
        _fence?.Lose();
        HandOn();
        lock (_commitWaiters)
        {
            _fenced = true;
            while (_commitWaiters.TryDequeue(out var first)) first.Waiter.SetException(new JournalFencedException());
        }

        _lost(null);
    }

    private void RunCommitted(ulong number)
    {
        _shard.Committed(number);
        lock (_commitWaiters)
        {
            _committed = number;
            while (_commitWaiters.TryPeek(out var first) && first.Number <= number) _commitWaiters.Dequeue().Waiter.SetResult();
        }
    }
}
