using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Messages out: what goes when, under window and output bound.</summary>
public sealed partial class Session
{
    /// <summary>An acknowledgement may send more than itself.</summary>
    public bool HasWaiting => _queue.Count > 0 || StoredCount > 0 || _resend is { Count: > 0 } || _retained is { Count: > 0 };

    /// <summary>The connection's output has room again.</summary>
    public void OutputDrained(long nowMilliseconds)
    {
        _outputFull = false;
        Pump(nowMilliseconds);
    }

    /// <summary>Sends what may go now: redeliveries first, then retained batches, then the queue in order.</summary>
    private void Pump(long now)
    {
        if (_connection is null || _holds > 0) return;
        while (_resend is { Count: > 0 })
        {
            if (_outputFull || !Resend(now)) return;
        }

        while (_retained is { Count: > 0 })
        {
            if (_outputFull || !SendRetained(now)) return;
        }

        while (!_outputFull && _queue.Count > 0)
        {
            var message = _queue.Peek();
            if (message.QoS == QoS.AtMostOnce ? !TrySendAtMostOnce(message, now) : !HasWindow || !StartSending(ref message, now)) break;
            EndAtMostOnce(message);
            _queue.Dequeue();
        }

        LoadStored();
    }

    /// <summary>The next redelivery after a reconnect [MQTT5-4.4.0-1] [MQTT5-4.8.2-4] [MQTT311-4.4.0-1]; false when it must wait for the window.</summary>
    private bool Resend(long now)
    {
        ref var slot = ref _inflight.TryGet(_resend!.Peek());
        if (InflightWindow.IsFound(ref slot))
        {
            if (slot.State == InflightState.Sent) // [MQTT5-4.3.3-3]
            {
                // One that was committed on this connection but found the output full counts already.
                if (!slot.IsOutstanding && !HasQuota) return false;
                if (!SendInflight(ref slot, now)) return true;
            }
            else if (slot.State == InflightState.Released) // [MQTT5-4.3.3-6]
            {
                _connection!.Acknowledge(PacketType.PubRel, slot.PacketIdentifier, ReasonCode.Success);
            }
        }

        _resend.Dequeue();
        return true;
    }

    /// <summary>One message of the first retained batch; false when it must wait for the window.</summary>
    private bool SendRetained(long now)
    {
        var batch = _retained!.Peek();
        var publication = batch.Current;
        if (publication is null || !Holds(batch.Match))
        {
            EndRetained(_retained.Dequeue());
            return true;
        }

        if (IsOwnAndNotWanted(batch, publication))
        {
            batch.Advance();
            return true;
        }

        var message = ToMessage(batch, publication);
        if (message.QoS > QoS.AtMostOnce)
        {
            if (!HasWindow) return false;
            message.Sequence = ++_lastSequence;
            if (StartSending(ref message, now)) batch.Advance();
        }
        else if (TrySendAtMostOnce(message, now))
        {
            batch.Advance();
        }

        return true;
    }

    /// <summary>Sends a QoS 0 message and counts what became of it; false when the output is full.</summary>
    private bool TrySendAtMostOnce(in OutboundMessage message, long now)
    {
        if (message.Publication!.IsExpired(now))
        {
            Drop(DropReason.Expired);
            return true;
        }

        switch (_connection!.Publish(Outbound(message, 0, false, now))) // [MQTT5-4.3.1-1] [MQTT311-4.3.1-1]
        {
            case SendOutcome.Full:
                _outputFull = true;
                return false;
            case SendOutcome.TooLarge:
                Drop(DropReason.PacketTooLarge);
                break;
            case SendOutcome.Closed:
                Drop(DropReason.NotConnected);
                break;
        }

        return true;
    }

    /// <summary>
    /// Gives a QoS 1 or 2 message its identifier and sends it; only with a connection and room in the window.
    /// </summary>
    /// <returns>False when the output is full: nothing happened. True when it is on its way, or ended (expired, too large).</returns>
    private bool StartSending(ref OutboundMessage message, long now)
    {
        if (message.Publication!.IsExpired(now))
        {
            // [MQTT5-3.3.2-5]: a copy whose interval has passed before delivery began is deleted.
            End(message, DropReason.Expired);
            return true;
        }

        ref var slot = ref _inflight.Add(out var packetIdentifier);
        slot.Message = message;
        // To a durable session a QoS 2 PUBLISH leaves after message and identifier are committed (invariant B7).
        if (message.QoS == QoS.ExactlyOnce && _journal is not null)
        {
            slot.State = InflightState.AwaitsCommit;
            message.Publication.Keep();
            CountOutstanding(ref slot);
            Record(ref slot, SessionPromiseKind.SendPublish);
            return true;
        }

        switch (_connection!.Publish(Outbound(message, packetIdentifier, false, now))) // [MQTT5-4.3.2-2] [MQTT5-4.3.3-2]
        {
            case SendOutcome.Full:
                _outputFull = true;
                _inflight.Remove(packetIdentifier);
                return false;
            case SendOutcome.TooLarge:
                // [MQTT5-3.1.2-25]: the message is discarded as if it had been sent.
                _inflight.Remove(packetIdentifier);
                End(message, DropReason.PacketTooLarge);
                return true;
            case SendOutcome.Sent:
                slot.WasSent = true;
                // A transient session ends with its connection and sends nothing again (a group may): the bytes need not live until the acknowledgement.
                if (_journal is null && message.Shared is null) slot.Message.Publication = null;
                break;
        }

        slot.Message.Publication?.Keep();
        CountOutstanding(ref slot);
        if (_journal is null) return true;
        Record(ref slot, SessionPromiseKind.SettlePart);
        message = slot.Message;
        return true;
    }

    private void CountOutstanding(ref InflightMessage slot)
    {
        slot.IsOutstanding = true;
        _outstanding++;
    }

    private void Record(ref InflightMessage slot, SessionPromiseKind promise)
    {
        ref var message = ref slot.Message;
        if (message.Record == 0)
        {
            message.Record = _journal!.PutMessage(message, slot.PacketIdentifier);
            NoteTaken(message);
            Promise(message.Record, promise, slot.PacketIdentifier, message);
            return;
        }

        // The message was recorded when it was queued. A QoS 1 identifier rides with the next commit: nothing is promised by it.
        slot.IdentifierRecord = _journal!.PutIdentifier(message.Sequence, slot.PacketIdentifier, released: false);
        if (promise == SessionPromiseKind.SendPublish) Promise(slot.IdentifierRecord, promise, slot.PacketIdentifier, message);
    }

    private void SendCommitted(in SessionPromise promise, long now)
    {
        SendStored(promise, now);
        // Then only: its connection is told which delivery it was, which nobody knows once it is settled.
        ((DurablePart?)promise.Target)?.Settle(Messages.PartOutcome.Done);
    }

    private void SendStored(in SessionPromise promise, long now)
    {
        ref var slot = ref _inflight.TryGet(promise.PacketIdentifier);
        if (!InflightWindow.IsFound(ref slot) || slot.State != InflightState.AwaitsCommit || slot.Message.Sequence != promise.Sequence) return;
        slot.State = InflightState.Sent;
        if (_connection is null) return;
        // It may have been given its identifier on an older connection and then counts against nothing yet.
        var mustWait = _holds > 0 || _outputFull || _resend is { Count: > 0 } || (!slot.IsOutstanding && !HasQuota);
        if (mustWait || !SendInflight(ref slot, now)) (_resend ??= new Queue<ushort>()).Enqueue(promise.PacketIdentifier);
        else if (!InflightWindow.IsFound(ref _inflight.TryGet(promise.PacketIdentifier))) Pump(now);
    }

    /// <summary>Sends a message that has its identifier, with DUP when it was sent before; false when the output is full.</summary>
    private bool SendInflight(ref InflightMessage slot, long now)
    {
        // Expiry ends only what was never sent [MQTT5-3.3.2-5] [MQTT5-4.3.3-7].
        if (!slot.WasSent && slot.Message.Publication!.IsExpired(now))
        {
            Drop(DropReason.Expired);
            Complete(ref slot);
            return true;
        }

        var outcome = _connection!.Publish(Outbound(slot.Message, slot.PacketIdentifier, slot.WasSent, now)); // [MQTT5-3.3.1-3] [MQTT311-3.3.1-3]
        if (outcome == SendOutcome.Full)
        {
            _outputFull = true;
            return false;
        }

        if (outcome == SendOutcome.TooLarge)
        {
            Drop(DropReason.PacketTooLarge);
            Complete(ref slot);
            return true;
        }

        if (!slot.IsOutstanding) CountOutstanding(ref slot);
        if (outcome == SendOutcome.Sent) slot.WasSent = true;

        return true;
    }

    private OutboundPublish Outbound(in OutboundMessage message, ushort packetIdentifier, bool duplicate, long now) => new(
        message.Publication!, packetIdentifier, message.QoS, duplicate, message.Retain, message.SubscriptionIdentifiers, now, message.Sequence, _queuesItself ? message.Part : null);
}
