using System.Globalization;
using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Grains.Sys;

/// <summary>
/// Every topic below <c>$SYS/broker</c> with its value as text: names and formats as Mosquitto's users know them, and two of our own. Their
/// meaning stands in docs/sys-topics.md.
/// </summary>
internal sealed class SysTopics(string version, BrokerCounters counters)
{
    private const string Root = "$SYS/broker/";

    private static readonly (DropReason Reason, string Name)[] Drops =
        [.. Enum.GetValues<DropReason>().Select(static reason => (reason, Root + "publish/messages/dropped/" + SnakeCase.Of(reason)))];

    private long _maximumHeap;

    public IEnumerable<(string Topic, string Value)> Values(NodeSnapshot node, LoadAverages loads) =>
        [.. Node(node), .. Clients(node), .. Traffic(), .. Dropped(), .. State(node), .. Heap(node), .. Loads(loads)];

    private IEnumerable<(string Topic, string Value)> Node(NodeSnapshot node)
    {
        yield return (Root + "version", $"orleans-broker version {version}");
        yield return (Root + "uptime", $"{(long)node.Uptime.TotalSeconds} seconds");
    }

    /// <summary>The last two under their older names too, which Mosquitto still publishes.</summary>
    private IEnumerable<(string Topic, string Value)> Clients(NodeSnapshot node) =>
    [
        Number("clients/total", node.Connected + node.Disconnected),
        Number("clients/maximum", node.MaximumConnected),
        Number("clients/expired", counters.Read(BrokerCounter.SessionsExpired)),
        Number("clients/connected", node.Connected),
        Number("clients/disconnected", node.Disconnected),
        Number("clients/active", node.Connected),
        Number("clients/inactive", node.Disconnected),
    ];

    private IEnumerable<(string Topic, string Value)> Traffic() =>
    [
        Number("messages/received", counters.Read(BrokerCounter.PacketsReceived)),
        Number("messages/sent", counters.Read(BrokerCounter.PacketsSent)),
        Number("bytes/received", counters.Read(BrokerCounter.BytesReceived)),
        Number("bytes/sent", counters.Read(BrokerCounter.BytesSent)),
        Number("publish/messages/received", counters.PublicationsReceived),
        Number("publish/messages/sent", counters.PublicationsSent),
        Number("publish/bytes/received", counters.PublicationBytesReceived),
        Number("publish/bytes/sent", counters.PublicationBytesSent),
    ];

    private IEnumerable<(string Topic, string Value)> Dropped()
    {
        yield return Number("publish/messages/dropped", counters.Dropped);
        foreach (var (reason, name) in Drops) yield return (name, Text(counters.Drops(reason)));
    }

    private static IEnumerable<(string Topic, string Value)> State(NodeSnapshot node) =>
    [
        Number("sessions/count", node.Sessions),
        Number("subscriptions/count", node.Subscriptions),
        Number("shared_subscriptions/count", node.SharedSubscriptions),
        Number("retained messages/count", node.RetainedMessages),
        Number("messages/stored", node.StoredMessages),
        Number("store/messages/count", node.StoredMessages),
        Number("store/messages/bytes", node.StoredBytes),
    ];

    private IEnumerable<(string Topic, string Value)> Heap(NodeSnapshot node)
    {
        _maximumHeap = Math.Max(_maximumHeap, node.HeapBytes);
        return [Number("heap/current", node.HeapBytes), Number("heap/maximum", _maximumHeap)];
    }

    private static IEnumerable<(string Topic, string Value)> Loads(LoadAverages loads)
    {
        foreach (var (name, average) in loads.All)
        {
            for (var i = 0; i < LoadAverage.WindowMinutes.Length; i++)
                yield return ($"{Root}load/{name}/{LoadAverage.WindowMinutes[i]}min", average.Averages[i].ToString("F2", CultureInfo.InvariantCulture));
        }
    }

    private static (string Topic, string Value) Number(string name, long value) => (Root + name, Text(value));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
