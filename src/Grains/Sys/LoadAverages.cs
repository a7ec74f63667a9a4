using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sys;

/// <summary>The load averages that a node publishes, by the name below <c>$SYS/broker/load</c>.</summary>
internal sealed class LoadAverages(BrokerCounters counters, BrokerClock clock)
{
    private long _lastMilliseconds = clock.NowMilliseconds;

    private readonly (string Name, Func<long> Total, LoadAverage Average)[] _all =
    [
        ("connections", () => counters.Read(BrokerCounter.ConnectPackets), new()),
        ("sockets", () => counters.Read(BrokerCounter.NetworkConnections), new()),
        ("messages/received", () => counters.Read(BrokerCounter.PacketsReceived), new()),
        ("messages/sent", () => counters.Read(BrokerCounter.PacketsSent), new()),
        ("publish/received", () => counters.PublicationsReceived, new()),
        ("publish/sent", () => counters.PublicationsSent, new()),
        ("publish/dropped", () => counters.Dropped, new()),
        ("bytes/received", () => counters.Read(BrokerCounter.BytesReceived), new()),
        ("bytes/sent", () => counters.Read(BrokerCounter.BytesSent), new()),
    ];

    public IEnumerable<(string Name, LoadAverage Average)> All => _all.Select(static load => (load.Name, load.Average));

    /// <summary>There has been an update.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>By one thread at a time.</summary>
    public void Update()
    {
        var now = clock.NowMilliseconds;
        var elapsed = TimeSpan.FromMilliseconds(now - _lastMilliseconds);
        _lastMilliseconds = now;
        foreach (var (_, total, average) in _all) average.Update(total(), elapsed);
        IsRunning = true;
    }
}
