using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// What a session on another silo sends to a connection that cannot take it yet: held to the client's Receive Maximum [MQTT5-3.3.4-9] and to the session's queue limits,
/// in order; QoS 0 does not wait. Used under the lock of its <see cref="RemoteSession"/>.
/// </summary>
internal sealed class RemoteQueue(IGatewayConnection connection, HeldSession held, RemoteSessionServices services)
{
    private readonly Queue<WaitingMessage> _waiting = new();
    private long _bytes;
    private bool _isOutputFull;
    private bool _isSending;

    /// <summary>Outgoing QoS 1 and 2 messages that the client has and has not ended.</summary>
    private int Outstanding => held.OutboundCount - _waiting.Count;

    public void Clear()
    {
        _waiting.Clear();
        _bytes = 0;
    }

    public void OutputDrained() => _isOutputFull = false;

    /// <param name="ended">Told of messages that will never be sent.</param>
    public void Add(in WaitingMessage message, Action<WaitingMessage, ReasonCode> ended)
    {
        if (message.QoS == QoS.AtMostOnce)
        {
            if (_isOutputFull || !TryPublish(message, ended)) services.Counters.Drop(DropReason.SlowConsumer);
            return;
        }

        // Counted as outstanding since it came: what is allowed is one more than is out.
        if (_waiting.Count == 0 && !_isOutputFull && Outstanding <= held.Parameters.ReceiveMaximum && TryPublish(message, ended)) return;
        if (!TryMakeRoom(message, ended)) return;
        _waiting.Enqueue(message);
        _bytes += message.Publication.SizeBytes;
    }

    /// <summary>Sends what may go now.</summary>
    /// <inheritdoc cref="Add"/>
    public void Send(Action<WaitingMessage, ReasonCode> ended)
    {
        // A client that answers within the call comes back here: the loop that is running goes on.
        if (_isSending) return;
        _isSending = true;
        while (!_isOutputFull && Outstanding < held.Parameters.ReceiveMaximum && _waiting.TryPeek(out var message) && TryPublish(message, ended))
        {
            _waiting.Dequeue();
            _bytes -= message.Publication.SizeBytes;
        }

        _isSending = false;
    }

    /// <summary>False when the output is full.</summary>
    private bool TryPublish(in WaitingMessage message, Action<WaitingMessage, ReasonCode> ended)
    {
        var now = services.Clock.NowMilliseconds;
        if (!message.Duplicate && message.Publication.IsExpired(now)) // [MQTT5-3.3.2-5]
        {
            services.Counters.Drop(DropReason.Expired);
            if (message.QoS != QoS.AtMostOnce) ended(message, ReasonCode.MessageRateTooHigh);
            return true;
        }

        var outcome = connection.Publish(new OutboundPublish(
            message.Publication, message.PacketIdentifier, message.QoS, message.Duplicate, message.Retain, message.SubscriptionIdentifiers, now));
        if (outcome == SendOutcome.Full)
        {
            _isOutputFull = true;
            return false;
        }

        // [MQTT5-3.1.2-25]: as if it had been sent.
        if (outcome == SendOutcome.TooLarge && message.QoS == QoS.AtMostOnce) services.Counters.Drop(DropReason.PacketTooLarge);
        else if (outcome == SendOutcome.TooLarge) ended(message, ReasonCode.PacketTooLarge);
        return true;
    }

    /// <summary>The owner's policy for a transient session's queue; a durable one's is with the session, and what comes here is below the Receive Maximum.</summary>
    private bool TryMakeRoom(in WaitingMessage message, Action<WaitingMessage, ReasonCode> ended)
    {
        if (held.IsDurable || !IsFull(message)) return true;
        var limits = services.Limits;
        if (limits.QueuePolicy == QueuePolicy.DropOldest && message.Publication.SizeBytes <= limits.MaxQueuedBytes)
        {
            while (IsFull(message) && _waiting.TryDequeue(out var oldest))
            {
                _bytes -= oldest.Publication.SizeBytes;
                services.Counters.Drop(DropReason.QueueFullOldest);
                ended(oldest, ReasonCode.MessageRateTooHigh);
            }

            return true;
        }

        services.Counters.Drop(limits.QueuePolicy == QueuePolicy.Refuse ? DropReason.QueueFullRefused : DropReason.QueueFullNewest);
        ended(message, ReasonCode.MessageRateTooHigh);
        return false;
    }

    private bool IsFull(in WaitingMessage message) =>
        _waiting.Count >= services.Limits.MaxQueuedMessages || _bytes + message.Publication.SizeBytes > services.Limits.MaxQueuedBytes;
}
