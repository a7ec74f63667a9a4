using System.Diagnostics.Metrics;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>Everything of <see cref="BrokerCounters"/> as instruments; each counter is in exactly one of them.</summary>
public sealed class CounterInstruments
{
    private readonly BrokerCounters _counters;
    private readonly Meter _meter;
    private readonly HashSet<BrokerCounter> _shown = [];

    public CounterInstruments(BrokerMeter meter, BrokerCounters counters)
    {
        _meter = meter.Meter;
        _counters = counters;
        AddTraffic();
        Add("broker.connections.accepted", "{connection}", "Network connections accepted, MQTT or not.", BrokerCounter.NetworkConnections);
        Add("broker.connects", "{packet}", "CONNECT packets, refused ones included.", BrokerCounter.ConnectPackets);
        Add("broker.connections.reattached", "{connection}", "Connections of this gateway that lived on while their session went on at another node.", BrokerCounter.ConnectionsReattached);
        Add("broker.keepalive.expiries", "{connection}", "Connections closed because the client was silent for one and a half times its keep-alive; counted where the session is.", BrokerCounter.KeepAlivesExpired);
        Add("broker.sessions.expired", "{session}", "Sessions that ended because their expiry interval ran out.", BrokerCounter.SessionsExpired);
        Add("broker.sessions.moved", "{session}", "Sessions that left this node for another one, to go on there.", BrokerCounter.SessionsMoved);
        Add("broker.shards.moved", "{shard}", "Shards that left this node for another one, to go on there.", BrokerCounter.ShardsMoved);
        Add("broker.lease.lapses", "{lapse}", "Times that this node's lease in the store ran out before it was renewed; 0 on a node without a cluster.", BrokerCounter.LeasesLapsed);
        Add("broker.events.lost", "{event}", "Events of the presence feed that were overwritten before a reader who asked for them had them; once for each reader.", BrokerCounter.PresenceEventsLost);
        var reasons = Enum.GetValues<DropReason>().Select(static reason => (Reason: reason, Label: new KeyValuePair<string, object?>("reason", SnakeCase.Of(reason)))).ToArray();
        _meter.CreateObservableCounter(
            "broker.drops", () => reasons.Select(drop => new Measurement<long>(counters.Drops(drop.Reason), drop.Label)), "{message}",
            "Messages, or single receivers' copies, that ended without being delivered.");
    }

    /// <summary>The counters that are some instrument's: all of them.</summary>
    public IReadOnlySet<BrokerCounter> Shown => _shown;

    private void AddTraffic()
    {
        AddDirections("broker.packets", "{packet}", "Complete control packets of any type.", BrokerCounter.PacketsReceived, BrokerCounter.PacketsSent);
        AddDirections("broker.traffic", "By", "Bytes of complete control packets; without TLS and WebSocket framing.", BrokerCounter.BytesReceived, BrokerCounter.BytesSent);
        AddQoS("broker.messages", "{message}", "PUBLISH packets; refused and repeated ones too.", BrokerCounter.PublicationsReceivedQoS0, BrokerCounter.PublicationsSentQoS0);
        AddQoS("broker.messages.payload", "By", "Payload bytes of PUBLISH packets; refused and repeated ones too.", BrokerCounter.PublicationBytesReceivedQoS0, BrokerCounter.PublicationBytesSentQoS0);
    }

    private void Add(string name, string unit, string description, BrokerCounter counter)
    {
        _shown.Add(counter);
        _meter.CreateObservableCounter(name, () => _counters.Read(counter), unit, description);
    }

    private void AddDirections(string name, string unit, string description, BrokerCounter received, BrokerCounter sent) =>
        AddLabelled(name, unit, description, [(received, [Direction("received")]), (sent, [Direction("sent")])]);

    private void AddQoS(string name, string unit, string description, BrokerCounter received, BrokerCounter sent) => AddLabelled(
        name, unit, description, [.. Enum.GetValues<QoS>().SelectMany(qos => new[] { (received + (byte)qos, Labels("received", qos)), (sent + (byte)qos, Labels("sent", qos)) })]);

    private void AddLabelled(string name, string unit, string description, (BrokerCounter Counter, KeyValuePair<string, object?>[] Labels)[] cells)
    {
        _shown.UnionWith(cells.Select(static cell => cell.Counter));
        _meter.CreateObservableCounter(name, () => cells.Select(cell => new Measurement<long>(_counters.Read(cell.Counter), cell.Labels)), unit, description);
    }

    private static KeyValuePair<string, object?>[] Labels(string direction, QoS qos) => [Direction(direction), new("qos", (int)qos)];

    private static KeyValuePair<string, object?> Direction(string direction) => new("direction", direction);
}
