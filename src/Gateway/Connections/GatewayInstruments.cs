using System.Diagnostics.Metrics;
using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Gateway.Connections;

/// <summary>What a gateway's connections show, read where it is kept; a message pays only for what is sampled.</summary>
internal sealed class GatewayInstruments
{
    private readonly Histogram<double> _pubAckDuration;

    public GatewayInstruments(BrokerMeter meter, ConnectionRegistry registry)
    {
        var instruments = meter.Meter;
        KeyValuePair<string, object?> connected = new("state", "connected"), connecting = new("state", "connecting");
        instruments.CreateObservableGauge(
            "broker.connections", () => (Measurement<int>[])[new(registry.ConnectedCount, connected), new(registry.UnconnectedCount, connecting)],
            "{connection}", "Open connections of this node: those that have their CONNACK, and those that do not.");
        var causes = Enum.GetValues<CloseCause>().Select(static cause => (Cause: cause, Label: new KeyValuePair<string, object?>("cause", SnakeCase.Of(cause)))).ToArray();
        instruments.CreateObservableCounter(
            "broker.connections.closed", () => causes.Select(closed => new Measurement<long>(registry.Closed(closed.Cause), closed.Label)), "{connection}", "Connections that ended, by cause.");
        _pubAckDuration = instruments.CreateHistogram(
            "broker.puback.duration", "s", "From a QoS 1 PUBLISH to its PUBACK, which waits for those before it; sampled: the first of each connection, then one in 64, and only one at a time.", tags: null, Buckets.Seconds);
    }

    public void PubAckLeft(TimeSpan afterPublish) => _pubAckDuration.Record(afterPublish.TotalSeconds);
}
