using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>What a gateway handed over, as a session asks for it while that connection lasts.</summary>
internal sealed class HandedOver
{
    private readonly HashSet<long> _ended;
    private readonly Dictionary<ushort, HeldOutbound> _byIdentifier = [];
    private readonly Dictionary<long, HeldOutbound> _bySequence = [];
    private readonly Dictionary<(object Source, long Token), HeldOutbound> _byDelivery = [];
    private readonly Dictionary<(object Source, QoS QoS), long> _deliveries = [];

    public HandedOver(HeldState held)
    {
        _ended = [.. held.Ended];
        foreach (var message in held.Outbound)
        {
            _byIdentifier[message.PacketIdentifier] = message;
            _bySequence[message.Sequence] = message;
            if (message.Source is { } source) _byDelivery[(source, message.Token)] = message;
        }

        foreach (var delivery in held.Deliveries) _deliveries[(delivery.Source, delivery.QoS)] = delivery.Token;
    }

    /// <summary>The gateway has had it: it is in its list, or acknowledged.</summary>
    public bool Covers(in OutboundMessage message) => _bySequence.ContainsKey(message.Sequence) || _ended.Contains(message.Sequence);

    public bool Uses(ushort packetIdentifier) => _byIdentifier.ContainsKey(packetIdentifier);

    public bool TryTake(ushort packetIdentifier, long sequence, out HeldOutbound message) =>
        _byIdentifier.TryGetValue(packetIdentifier, out message) && message.Sequence == sequence;

    public bool TryFind(long sequence, out HeldOutbound message) => _bySequence.TryGetValue(sequence, out message);

    public bool TryFind(Publication publication, out HeldOutbound message)
    {
        message = default;
        return publication.Source is { } source && _byDelivery.TryGetValue((source, publication.Token), out message);
    }

    /// <summary>The delivery has reached the gateway before.</summary>
    public bool Had(Publication publication, QoS qos) =>
        publication.Token != 0 && publication.Source is { } source && _deliveries.TryGetValue((source, qos), out var last) && publication.Token <= last;
}
