using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Incoming QoS 2: an identifier's message is handed on once, until PUBREL frees the identifier.</summary>
public sealed partial class Session
{
    private Dictionary<ushort, InboundState>? _inbound;

    /// <summary>Durable publishers: stored messages whose shard is not done, with their sequence; they outlive their identifier.</summary>
    private Dictionary<Publication, long>? _forwarding;

    /// <summary>
    /// PUBLISH at QoS 2 [MQTT5-4.3.3-8] [MQTT311-4.3.3-2]. Durable: journaled, then PUBREC, then its shard (invariant B6).
    /// Transient: its shard, then PUBREC.
    /// </summary>
    public void PublishExactlyOnce(Publication publication)
    {
        var identifier = publication.PacketIdentifier;
        if (_inbound is not null && _inbound.TryGetValue(identifier, out var known))
        {
            // A redelivery: the message is not handed on again [MQTT5-4.3.3-10]; PUBREC is repeated once it may be sent.
            if (known.IsReceived) Ready?.Acknowledge(PacketType.PubRec, identifier, ReasonCode.Success);
            return;
        }

        var sequence = ++_lastSequence;
        (_inbound ??= [])[identifier] = new InboundState(sequence, publication, IsReceived: false);
        if (_journal is null)
        {
            Effect(SessionEffect.Forward(publication));
            return;
        }

        var number = _journal.PutInbound(identifier, sequence, publication);
        Promise(new SessionPromise(number, SessionPromiseKind.SendPubRec, identifier, sequence, null));
    }

    /// <summary>The shard is done with an incoming message; for a transient session PUBREC leaves now.</summary>
    public void InboundSettled(Publication publication, ReasonCode reason)
    {
        if (_forwarding is not null && _forwarding.Remove(publication, out var sequence))
        {
            _journal?.RemoveInboundMessage(sequence);
            return;
        }

        var identifier = publication.PacketIdentifier;
        if (_inbound is null || !_inbound.TryGetValue(identifier, out var state) || !ReferenceEquals(state.Publication, publication)) return;
        // A reason code of 0x80 or more ends the exchange: the identifier may be used anew [MQTT5-4.3.3-9].
        if (reason >= ReasonCode.UnspecifiedError && Version == ProtocolVersion.Mqtt5) _inbound.Remove(identifier);
        else _inbound[identifier] = new InboundState(state.Sequence, null, IsReceived: true);
        Ready?.Acknowledge(PacketType.PubRec, identifier, reason);
    }

    /// <summary>PUBREL: the identifier is forgotten, PUBCOMP follows [MQTT5-4.3.3-11] [MQTT311-4.3.3-2].</summary>
    public void PubRel(ushort packetIdentifier)
    {
        if (_inbound is null || !_inbound.Remove(packetIdentifier))
        {
            Ready?.Acknowledge(PacketType.PubComp, packetIdentifier, ReasonCode.PacketIdentifierNotFound);
            return;
        }

        if (_journal is null)
        {
            SendPubComp(packetIdentifier, _connection);
            return;
        }

        // Were PUBCOMP to leave before this is stored, a crash would take the identifier's next message for a redelivery.
        var number = _journal.RemoveInbound(packetIdentifier);
        Promise(new SessionPromise(number, SessionPromiseKind.SendPubComp, packetIdentifier, 0, _connection));
    }

    private void InboundStored(ushort identifier, long sequence)
    {
        if (_inbound is null || !_inbound.TryGetValue(identifier, out var state) || state.Sequence != sequence) return;
        _inbound[identifier] = state with { Publication = null, IsReceived = true };
        Ready?.Acknowledge(PacketType.PubRec, identifier, ReasonCode.Success);
        (_forwarding ??= [])[state.Publication!] = sequence;
        Effect(SessionEffect.Forward(state.Publication!));
    }

    private void SendPubComp(ushort identifier, ISessionConnection? connection)
    {
        if (connection is not null && IsCurrent(connection)) connection.Acknowledge(PacketType.PubComp, identifier, ReasonCode.Success);
    }
}
