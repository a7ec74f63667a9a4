using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>A session from its journal: called record by record before anybody enters.</summary>
public sealed partial class Session
{
    /// <param name="awaitedUntilMilliseconds">Until when a session that was connected waits for a gateway that still has the connection; <see cref="Never"/> if none has.</param>
    public void Restore(in SessionHeader header, ISessionJournal journal, long nowMilliseconds, long awaitedUntilMilliseconds = Never)
    {
        Incarnation = header.Incarnation;
        Epoch = header.Epoch;
        Version = header.Version;
        ExpiryIntervalSeconds = header.ExpiryIntervalSeconds;
        UserName = header.UserName;
        _journal = journal;
        if (header.DisconnectedAtMilliseconds is null && awaitedUntilMilliseconds != Never)
        {
            _awaitedUntil = awaitedUntilMilliseconds;
            return;
        }

        // Connected when the silo died: disconnected as of now.
        DisconnectedAtMilliseconds = header.DisconnectedAtMilliseconds ?? nowMilliseconds;
        if (header.DisconnectedAtMilliseconds is not null) return;
        TellDisconnected(connection: null, ReasonCode.UnspecifiedError);
        // A second restart must count from here too.
        PutHeader();
    }

    /// <summary>After what it is the will of: the time at which the session is due may be earlier for it.</summary>
    public void RestoreWill(WillMessage will)
    {
        Will = will;
        PutIndexes();
    }

    public void RestoreSubscription(Subscription subscription)
    {
        subscription.IsAnswered = subscription.State == SubscriptionState.Active;
        if (Subscriptions.Restore(subscription) is { } older) _journal?.RemoveSubscription(older.Version);
    }

    /// <summary>A subscription that had ended: its version is not given again in this incarnation.</summary>
    public void RestoreEnded(Subscription subscription) => Subscriptions.Skip(subscription.Version);

    public void RestoreQueued(in OutboundMessage message)
    {
        _lastSequence = Math.Max(_lastSequence, message.Sequence);
        NoteTaken(message);
        _queue.Enqueue(WithOwnFilter(message));
    }

    /// <summary>A message that had an identifier when it was recorded; it is sent again with DUP, or its PUBREL is.</summary>
    public void RestoreInflight(in OutboundMessage message, ushort packetIdentifier, bool released)
    {
        _lastSequence = Math.Max(_lastSequence, message.Sequence);
        NoteTaken(message);
        var state = released ? InflightState.Released : InflightState.Sent;
        // Whether the identifier has a record of its own is not known any more: its removal costs little.
        _inflight.TryRestore(
            packetIdentifier, new InflightMessage { Message = WithOwnFilter(message), IdentifierRecord = message.Record, State = state, WasSent = true });
    }

    /// <summary>An incoming identifier that PUBREL has not freed yet.</summary>
    public void RestoreInbound(ushort packetIdentifier, long sequence)
    {
        _lastInbound = Math.Max(_lastInbound, sequence);
        (_inbound ??= [])[packetIdentifier] = new InboundState(sequence, null, IsReceived: true, null);
    }

    /// <summary>An incoming message whose shard was not done: it is handed on again. After its identifier, if that is not freed yet.</summary>
    public void RestoreForward(Publication publication, ushort packetIdentifier, long sequence)
    {
        _lastInbound = Math.Max(_lastInbound, sequence);
        var isReleased = _inbound is null || !_inbound.TryGetValue(packetIdentifier, out var state) || state.Sequence != sequence;
        if (!isReleased) _inbound![packetIdentifier] = new InboundState(sequence, publication, IsReceived: true, null);
        (_forwarding ??= [])[publication] = new ForwardState(sequence, packetIdentifier, isReleased);
        Forward(publication, sequence);
    }

    /// <summary>Each record that names a shared subscription was read with a filter of its own: the subscription's serves all.</summary>
    private OutboundMessage WithOwnFilter(in OutboundMessage message) =>
        message.Shared is { } shared && Subscriptions.TryGet(shared, out var subscription) ? message with { Shared = subscription.Filter } : message;
}
