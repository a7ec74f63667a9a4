using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// One MQTT session as a pure state machine: subscriptions, both directions' QoS 1 and 2 state, queue, will, expiry
/// and keep-alive. It knows no clock, socket or grain: time comes in as monotonic milliseconds, packets leave through
/// <see cref="ISessionConnection"/>, records through <see cref="ISessionJournal"/>, and what concerns shards
/// waits in <see cref="TryTakeEffect"/>. Not thread-safe: entered under the monitor of its activation.
/// </summary>
public sealed partial class Session
{
    private readonly LimitsOptions _limits;
    private readonly BrokerCounters _counters;
    private readonly IPresence? _presence;
    private InflightWindow _inflight = new();
    private OutboundQueue _queue = new();
    private RetainedQueue? _retained;
    private Queue<SessionPromise>? _promises;
    private Queue<SessionEffect>? _effects;
    private ISessionJournal? _journal;
    private ISessionConnection? _connection;
    private long _lastSequence;
    private int _holds;
    private bool _attaching;
    private bool _outputFull;
    private int _outstanding;
    private Queue<ushort>? _resend;
    private ulong _committed;
    private long _disconnectedAt = Never;
    private SubscriptionSet _subscriptions;
    private ResumedState? _resumed;
    private ISessionJournal? _endedJournal;
    private bool _ended;
    private bool _queuesItself;
    private int _quota;
    private SessionDrops? _drops;

    /// <summary>Journal number from which on no ended session comes back after a crash.</summary>
    private ulong _endRecord;

    /// <param name="presence">Null: nobody wants to know.</param>
    public Session(string clientId, LimitsOptions limits, BrokerCounters counters, IPresence? presence = null)
    {
        ClientId = clientId;
        _limits = limits;
        _counters = counters;
        _presence = presence;
    }

    public string ClientId { get; }

    /// <summary>Identity of this session among all that its client id ever had; 0 while there is none.</summary>
    public long Incarnation { get; private set; }

    /// <summary>Raised by every CONNECT.</summary>
    public long Epoch { get; private set; }

    public ProtocolVersion Version { get; private set; }

    public uint ExpiryIntervalSeconds { get; private set; }

    public ushort KeepAliveSeconds { get; private set; }

    /// <summary>Of the last CONNECT; false when it is not known.</summary>
    public bool CleanStart { get; private set; }

    public ushort ReceiveMaximum { get; private set; }

    public string? UserName { get; private set; }

    public WillMessage? Will { get; private set; }

    /// <summary>When the last connection ended, in monotonic milliseconds; null while connected.</summary>
    public long? DisconnectedAtMilliseconds
    {
        get => _disconnectedAt == Never ? null : _disconnectedAt;
        private set => _disconnectedAt = value ?? Never;
    }

    public ref SubscriptionSet Subscriptions => ref _subscriptions;

    /// <summary>A session exists: connected, or within its expiry.</summary>
    public bool Exists => Incarnation != 0;

    public bool IsConnected => _connection is not null;

    /// <summary>Its state outlives the connection and is journaled.</summary>
    public bool IsDurable => _journal is not null;

    public int InflightCount => _inflight.Count;

    public int QueuedCount => _queue.Count + StoredCount;

    public long QueuedBytes => _queue.Bytes + (_stored?.Bytes ?? 0);

    public int InboundCount => _inbound?.Count ?? 0;

    /// <summary>The connection that may be written to: after CONNACK, before its end.</summary>
    private ISessionConnection? Ready => _attaching ? null : _connection;

    /// <summary>It waits for its client alone: all that it is stands in its journal.</summary>
    public bool IsIdle =>
        Exists && _journal is not null && _connection is null && !IsAwaited && _promises is not { Count: > 0 } && _forwarding is not { Count: > 0 }
        && _returning is not { Count: > 0 } && _willsUnderway == 0 && _stored is not { IsLoading: true };

    public bool IsCurrent(ISessionConnection connection) => ReferenceEquals(_connection, connection);

    /// <summary>The next effect in order of cause; the monitor takes them under its lock and runs them after leaving it.</summary>
    public bool TryTakeEffect(out SessionEffect effect)
    {
        if (_effects is not null) return _effects.TryDequeue(out effect);
        effect = default;
        return false;
    }

    /// <summary>The journal has committed everything up to the number: what was promised by it leaves, in order.</summary>
    public void Committed(ulong number, long nowMilliseconds)
    {
        _committed = Math.Max(_committed, number);
        while (_promises is not null && _promises.TryPeek(out var promise) && promise.Number <= _committed)
        {
            _promises.Dequeue();
            Keep(promise, nowMilliseconds);
        }

        LoadStored();
    }

    private void Keep(in SessionPromise promise, long now)
    {
        switch (promise.Kind)
        {
            case SessionPromiseKind.SettlePart:
                ((DurablePart)promise.Target!).Settle(PartOutcome.Done);
                break;
            case SessionPromiseKind.SendPublish:
                SendCommitted(promise, now);
                break;
            case SessionPromiseKind.SendPubRel:
                SendPubRel(promise);
                break;
            case SessionPromiseKind.SendPubRec:
                InboundStored(promise.PacketIdentifier, promise.Sequence);
                break;
            case SessionPromiseKind.ForgetForward:
                _mayComeAgain?.Remove(promise.Sequence);
                break;
            case SessionPromiseKind.SendPubComp:
                SendPubComp(promise.PacketIdentifier, (ISessionConnection?)promise.Target);
                break;
            case SessionPromiseKind.TellRetainedSent:
                TellRetainedSent((ISessionConnection)promise.Target!, (uint)promise.Sequence);
                break;
        }
    }

    private void Promise(ulong number, SessionPromiseKind kind, ushort packetIdentifier, in OutboundMessage message)
    {
        // Nobody waits for a message that came from the retained store; its PUBLISH may still have to wait.
        if (kind == SessionPromiseKind.SettlePart && message.Part is null) return;
        Promise(new SessionPromise(number, kind, packetIdentifier, message.Sequence, message.Part));
    }

    private void Promise(in SessionPromise promise)
    {
        _lastPromised = promise.Number;
        (_promises ??= new Queue<SessionPromise>()).Enqueue(promise);
    }

    private void Effect(SessionEffect effect) => (_effects ??= new Queue<SessionEffect>()).Enqueue(effect);
}
