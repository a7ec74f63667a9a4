using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// The hot state of one session grain: the pure <see cref="Session"/> behind a monitor that shards, connections and the journal's
/// writer of this silo enter directly. Owned by the activation, which opens and closes it.
/// </summary>
internal sealed partial class SessionMonitor : WorkMonitor<SessionWork>, ISessionEntry, IJournalOwner, IPublisher
{
    private readonly SessionServices _services;
    private readonly Session _session;
    private readonly SessionGrain _owner;
    private Queue<(ulong Number, TaskCompletionSource Waiter)>? _commitWaiters;
    private volatile bool _closed;
    private volatile bool _connected;
    private bool _fenced;
    private ulong _committed;

    /// <param name="owner">Is told on any thread when the session cannot go on here: its journal has another owner (null) or its state is in doubt.</param>
    public SessionMonitor(SessionRef identity, SessionServices services, SessionGrain owner)
        : base(services.InboxLimits)
    {
        Identity = identity;
        _services = services;
        _owner = owner;
        _session = new Session(identity.ClientId, services.Limits, services.Counters, services.Presence);
        _deadline = new SessionDeadline(this);
    }

    public SessionRef Identity { get; }

    public bool IsConnected => _connected;

    /// <summary>Read without entering: its connection is on this silo, and goes with it.</summary>
    public bool HasConnectionHere => _connected && Connection is IGatewayConnection;

    /// <summary>The session goes on elsewhere, or has ended.</summary>
    public bool IsClosed => _closed;

    /// <summary>Read without entering: a hint.</summary>
    public bool HasBacklog => _session.QueuedCount > 0;

    private long Now => _services.Clock.NowMilliseconds;

    /// <summary>From now on connections are refused, and messages go on to the session's next owner, those in the inbox included.</summary>
    public void Close()
    {
        _closed = true;
        _services.Wheel.Cancel(_deadline);
    }

    /// <summary>After <see cref="Close"/>: completes when what came before has run or been handed on, and nothing that is handed on waits here any more.</summary>
    public async Task SealAsync()
    {
        while (!await RunAsync(_ => TrySeal()))
        {
            // More has come: behind it.
        }
    }

    /// <summary>Runs control work under the monitor: at once when it is free, which is the rule.</summary>
    public ValueTask<TResult> RunAsync<TResult>(Func<Session, TResult> body)
    {
        if (TryEnter())
        {
            try
            {
                return ValueTask.FromResult(body(_session));
            }
            finally
            {
                Changed();
                TakeEffects();
                Leave();
            }
        }

        var operation = new PendingOperation<Session, TResult>(body);
        Enter(new SessionWork(SessionWorkKind.Operation, operation));
        return new ValueTask<TResult>(operation.Task);
    }

    /// <summary>Control work whose end nobody awaits.</summary>
    public void Run(Action<Session> body) => Enter(new SessionWork(SessionWorkKind.Operation, new PendingOperation<Session, bool>(session =>
    {
        body(session);
        return true;
    })));

    /// <summary>Completes when the journal has committed the number; at once for 0.</summary>
    /// <exception cref="JournalFencedException">Another activation owns the session now.</exception>
    public Task CommittedAsync(ulong number)
    {
        if (number <= Volatile.Read(ref _committed)) return Task.CompletedTask;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enter(new SessionWork(SessionWorkKind.Operation, new PendingOperation<Session, bool>(_ => AddWaiter(number, waiter))));
        return waiter.Task;
    }

    /// <inheritdoc/>
    protected override void Run(in SessionWork work)
    {
        switch (work.Kind)
        {
            case <= SessionWorkKind.LastFromShard:
                RunFromShard(work);
                if (_session.HasEffects) TakeEffects();
                return;
            case SessionWorkKind.Acknowledge:
                RunAcknowledge(work);
                if (_session.HasEffects) TakeEffects();
                return;
            case SessionWorkKind.PublishExactlyOnce:
                if (_session.IsCurrent((ISessionConnection)work.First!)) _session.PublishExactlyOnce((Publication)work.Second!);
                break;
            case SessionWorkKind.RefuseOverdue:
                if (_session.IsCurrent((ISessionConnection)work.First!)) _session.RefuseOverdue(work.PacketIdentifier);
                break;
            case SessionWorkKind.InboundSettled:
                // The time matters to a shared message that comes back alone.
                _session.InboundSettled((Publication)work.First!, work.Reason, work.Reason < ReasonCode.UnspecifiedError ? 0 : Now);
                break;
            case SessionWorkKind.OutputDrained:
                if (_session.IsCurrent((ISessionConnection)work.First!)) _session.OutputDrained(Now);
                if (_session.HasEffects) TakeEffects();
                return;
            default:
                RunControl(work);
                break;
        }

        TakeEffects();
    }

    private void RunControl(in SessionWork work)
    {
        switch (work.Kind)
        {
            case SessionWorkKind.Committed:
                RunCommitted(work.Number);
                break;
            case SessionWorkKind.Fenced:
                RunFenced();
                break;
            case SessionWorkKind.WillDone:
                _session.WillDone();
                break;
            case SessionWorkKind.Deadline:
                RunDeadline();
                break;
            case SessionWorkKind.Operation:
                ((Operation<Session>)work.First!).Run(_session);
                break;
        }

        Changed();
    }

    /// <inheritdoc/>
    protected override void Faulted(Exception fault) => _owner.Lost(fault);

    private void RunAcknowledge(in SessionWork work)
    {
        if (!_session.IsCurrent((ISessionConnection)work.First!)) return;
        // The time matters to what is sent next alone.
        var now = _session.HasWaiting ? Now : 0;
        switch (work.PacketType)
        {
            case PacketType.PubAck:
                _session.PubAck(work.PacketIdentifier, work.Reason, now);
                break;
            case PacketType.PubRec:
                _session.PubRec(work.PacketIdentifier, work.Reason, now);
                break;
            case PacketType.PubRel:
                _session.PubRel(work.PacketIdentifier);
                break;
            case PacketType.PubComp:
                _session.PubComp(work.PacketIdentifier, now);
                break;
        }
    }

    /// <summary>After control work: what others read without entering, and the deadline, follow the state.</summary>
    private void Changed()
    {
        _connected = _session.IsConnected;
        Arm();
    }

    private bool AddWaiter(ulong number, TaskCompletionSource waiter)
    {
        if (number <= _committed) waiter.SetResult();
        else if (_fenced || number == Journal.Never) waiter.SetException(new JournalFencedException(Identity.ClientId));
        else (_commitWaiters ??= new()).Enqueue((number, waiter));
        return true;
    }

    private void RunCommitted(ulong number)
    {
        Volatile.Write(ref _committed, number);
        _session.Committed(number, Now);
        while (_commitWaiters is not null && _commitWaiters.TryPeek(out var first) && first.Number <= number)
        {
            _commitWaiters.Dequeue().Waiter.SetResult();
        }
    }

    private void RunFenced()
    {
        // Another activation owns the session: whatever was promised here is not kept here.
        Close();
        _fenced = true;
        CloseConnection();
        _session.Fence();
        while (_commitWaiters is not null && _commitWaiters.TryDequeue(out var waiting))
        {
            waiting.Waiter.SetException(new JournalFencedException(Identity.ClientId));
        }

        _owner.Lost(null);
    }
}
