using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Grains.Sys;

/// <summary>The load averages that a node publishes, by the name below <c>$SYS/broker/load</c>.</summary>
internal sealed class LoadAverages(BrokerCounters counters)
{
    private readonly (string Name, Func<long> Total, LoadAverage Average)[] _all =
    [
        ("connections", () => counters.Read(BrokerCounter.ConnectPackets), new()),
        ("sockets", () => counters.Read(BrokerCounter.NetworkConnections), new()),
        ("messages/received", () => counters.Read(BrokerCounter.PacketsReceived), new()),
        ("messages/sent", () => counters.Read(BrokerCounter.PacketsSent), new()),
        ("publish/received", () => counters.Read(BrokerCounter.PublicationsReceived), new()),
        ("publish/sent", () => counters.Read(BrokerCounter.PublicationsSent), new()),
        ("publish/dropped", () => counters.Dropped, new()),
        ("bytes/received", () => counters.Read(BrokerCounter.BytesReceived), new()),
        ("bytes/sent", () => counters.Read(BrokerCounter.BytesSent), new()),
    ];

    public IEnumerable<(string Name, LoadAverage Average)> All => _all.Select(static load => (load.Name, load.Average));

    /// <param name="elapsed">Since the last update.</param>
    public void Update(TimeSpan elapsed)
    {
        foreach (var (_, total, average) in _all) average.Update(total(), elapsed);
    }
}
