using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>What the client answers to the session's QoS 1 and 2 messages.</summary>
public sealed partial class Session
{
    /// <summary>PUBACK: the QoS 1 message has arrived [MQTT5-4.3.2-3] [MQTT311-4.3.2-1]. An unknown identifier is ignored.</summary>
    public void PubAck(ushort packetIdentifier, ReasonCode reason, long nowMilliseconds)
    {
        ref var slot = ref _inflight.TryGet(packetIdentifier);
        if (!InflightWindow.IsFound(ref slot) || slot.Message.QoS != QoS.AtLeastOnce || slot.State != InflightState.Sent) return;
        if (reason >= ReasonCode.UnspecifiedError) CountRefused(reason); // [MQTT5-4.4.0-2] [MQTT5-4.8.2-6]
        Complete(ref slot);
        Pump(nowMilliseconds);
    }

    /// <summary>PUBREC: PUBREL follows [MQTT5-4.3.3-4] [MQTT311-4.3.3-1], for a durable session after the commit (invariant B7).</summary>
    public void PubRec(ushort packetIdentifier, ReasonCode reason, long nowMilliseconds)
    {
        ref var slot = ref _inflight.TryGet(packetIdentifier);
        if (!InflightWindow.IsFound(ref slot) || slot.Message.QoS != QoS.ExactlyOnce)
        {
            if (reason < ReasonCode.UnspecifiedError) Ready?.Acknowledge(PacketType.PubRel, packetIdentifier, ReasonCode.PacketIdentifierNotFound);
            return;
        }

        if (slot.State == InflightState.Released) Ready?.Acknowledge(PacketType.PubRel, packetIdentifier, ReasonCode.Success);
        if (slot.State != InflightState.Sent) return;
        // An error in PUBREC ends the message; its identifier is free again [MQTT5-4.3.3-4] [MQTT5-4.4.0-2].
        if (reason >= ReasonCode.UnspecifiedError)
        {
            CountRefused(reason);
            Complete(ref slot);
            Pump(nowMilliseconds);
            return;
        }

        Receive(ref slot);
    }

    /// <summary>PUBCOMP: the identifier is free [MQTT5-4.3.3-5].</summary>
    public void PubComp(ushort packetIdentifier, long nowMilliseconds)
    {
        ref var slot = ref _inflight.TryGet(packetIdentifier);
        if (!InflightWindow.IsFound(ref slot) || slot.State != InflightState.Released) return;
        Complete(ref slot);
        Pump(nowMilliseconds);
    }

    /// <summary>
    /// No client answers 0x95 or 0x96 to a PUBLISH: a gateway of another silo does, for a packet above the client's Maximum Packet Size, and for what its own queue has
    /// dropped and it has counted.
    /// </summary>
    private void CountRefused(ReasonCode reason)
    {
        if (reason == ReasonCode.MessageRateTooHigh) return;
        Drop(reason == ReasonCode.PacketTooLarge ? DropReason.PacketTooLarge : DropReason.RefusedByClient);
    }

    private void Receive(ref InflightMessage slot)
    {
        slot.State = InflightState.Receiving;
        slot.Message.Publication = null;
        var promise = new SessionPromise(0, SessionPromiseKind.SendPubRel, slot.PacketIdentifier, slot.Message.Sequence, slot.Message.Part);
        if (_journal is null)
        {
            SendPubRel(promise);
        }
        else
        {
            slot.IdentifierRecord = _journal.PutIdentifier(slot.Message.Sequence, slot.PacketIdentifier, released: true);
            Promise(promise with { Number = slot.IdentifierRecord });
        }
    }

    private void SendPubRel(in SessionPromise promise)
    {
        // For QoS 2 "acknowledged" means the committed PUBREC (invariant B7).
        ((DurablePart?)promise.Target)?.Settle(PartOutcome.Done);
        ref var slot = ref _inflight.TryGet(promise.PacketIdentifier);
        if (!InflightWindow.IsFound(ref slot) || slot.State != InflightState.Receiving || slot.Message.Sequence != promise.Sequence) return;
        slot.State = InflightState.Released;
        Ready?.Acknowledge(PacketType.PubRel, promise.PacketIdentifier, ReasonCode.Success);
    }

    /// <summary>The message has ended: its identifier is free, its record goes, its part is settled.</summary>
    private void Complete(ref InflightMessage slot)
    {
        RemoveRecord(slot.Message, slot.IdentifierRecord);
        slot.Message.Part?.Settle(PartOutcome.Done);
        if (slot.IsOutstanding) _outstanding--;
        _inflight.Remove(slot.PacketIdentifier);
    }

    private void RemoveRecord(in OutboundMessage message, ulong identifierRecord)
    {
        KeepTaken(message);
        if (message.Record != 0) _journal?.RemoveMessage(message.Sequence, message.Record, identifierRecord);
    }
}
