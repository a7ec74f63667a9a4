using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Up to where the deliveries of one source have reached a gateway: what comes again with this number or a lower one, it has had.</summary>
/// <param name="QoS">Messages of one quality of service keep the order of their deliveries; one at QoS 1 may overtake one at QoS 2 that waits for its commit.</param>
public readonly record struct HeldDelivery(object Source, QoS QoS, long Token);
