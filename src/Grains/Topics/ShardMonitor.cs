using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Topics;

/// <summary>
/// The hot state of one topic grain: the pure <see cref="Shard"/> behind a monitor that publishers of this silo enter directly.
/// Owned by the activation, which opens and closes it.
/// </summary>
internal sealed class ShardMonitor : WorkMonitor<ShardWork>, IJournalOwner
{
    /// <summary>QoS 0 publications that may wait in the inbox; what connections may have outstanding bounds the rest.</summary>
    private const int MaxWaitingQoS0 = 65_536;

    /// <summary>Nodes of the retained store per retained message, well above the one or two that it adds; 1 µs.</summary>
    private const int ExpirySteps = 32;

    private readonly Shard _shard;
    private readonly BrokerClock _clock;
    private readonly BrokerCounters _counters;
    private readonly Queue<(ulong Number, TaskCompletionSource Waiter)> _commitWaiters = new();
    private ShardJob? _job;
    private TaskCompletionSource? _jobDone;
    private ulong _committed;
    private volatile bool _closed;

    public ShardMonitor(int number, LimitsOptions limits, InboxLimits inbox, BrokerClock clock, BrokerCounters counters, RetainedTotals totals)
        : base(inbox)
    {
        Number = number;
        _clock = clock;
        _counters = counters;
        _shard = new Shard(limits, counters, totals, Answered);
    }

    public int Number { get; }

    /// <inheritdoc/>
    protected override bool HasJob => _job is not null;

    /// <summary>Hands a publication to the shard; false when the monitor is closed.</summary>
    public bool Publish(Publication publication)
    {
        if (_closed) return false;
        if (TryEnter())
        {
            RunPublish(publication);
            Leave();
        }
        else if (publication.QoS == QoS.AtMostOnce && Waiting >= MaxWaitingQoS0)
        {
            _counters.Drop(DropReason.LaneFull);
        }
        else
        {
            Enter(new ShardWork(ShardWorkKind.Publish, publication));
        }

        return true;
    }

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

    public void RemoveStale(ReadOnlyMemory<byte> topic, RouteMatch match) => _ = RunAsync(shard =>
    {
        shard.RemoveStale(topic.Span, match);
        return (0, null);
    });

    /// <summary>Refuses every entry from now on; what is already in the inbox still runs.</summary>
    public void Close() => _closed = true;

    /// <inheritdoc/>
    public void Committed(ulong number) => Enter(new ShardWork(ShardWorkKind.Committed, Number: number));

    /// <inheritdoc/>
    public void Fenced() => Close();

    /// <inheritdoc/>
    protected override void Run(in ShardWork work)
    {
        switch (work.Kind)
        {
            case ShardWorkKind.Publish:
                RunPublish((Publication)work.First!);
                break;
            case ShardWorkKind.Answered:
                _shard.Answered((SharedOffer)work.First!, (OfferAnswer)work.Answer);
                break;
            case ShardWorkKind.Committed:
                RunCommitted(work.Number);
                break;
            case ShardWorkKind.Operation:
                ((Operation<Shard>)work.First!).Run(_shard);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Deferred(in ShardWork work)
    {
        if (work.Kind == ShardWorkKind.Publish) ((Publication)work.First!).Defer();
    }

    /// <inheritdoc/>
    protected override bool RunJobSlice()
    {
        if (_job is null) return false;
        if (!_job.RunSlice(_clock.NowMilliseconds)) return true;
        _job = null;
        _jobDone?.SetResult();
        _jobDone = null;
        return true;
    }

    private void RunPublish(Publication publication)
    {
        // Whoever adds to the retained store clears a little of what has expired: no timer, and what is not added to does not grow.
        if (publication.Retain) _shard.RemoveExpired(_clock.NowMilliseconds, ExpirySteps);
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
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _commitWaiters.Enqueue((number, waiter));
            return waiter.Task;
        }
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
