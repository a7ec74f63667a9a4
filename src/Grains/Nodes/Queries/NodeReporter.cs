using System.Reflection;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sys;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <summary>Puts this node's figures together.</summary>
internal sealed class NodeReporter(
    SysCollector collector, IConnectionRegistry connections, BrokerCounters counters, LoadAverages loads, LocalShards shards, NodeSenders senders, ClusterView view, IStoreContact store, BrokerClock clock)
{
    /// <summary>A walk of all sessions serves so long, however many ask.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    private static readonly string Version = typeof(NodeReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public async Task<NodeReport> ReadAsync()
    {
        var node = await collector.RecentAsync(MaxAge);
        var now = clock.NowMilliseconds;
        return new NodeReport
        {
            Version = Version,
            AtUtcMilliseconds = clock.ToUtcMilliseconds(now),
            StartedUtcMilliseconds = clock.ToUtcMilliseconds(now - (long)collector.Uptime.TotalMilliseconds),
            IsDraining = view.IsDraining,
            Connections = connections.ConnectedCount,
            MaximumConnections = connections.MaximumConnectedCount,
            ConnectedSessions = node.Sessions - node.Disconnected,
            DisconnectedSessions = node.Disconnected,
            DurableSessions = node.Durable,
            Subscriptions = node.Subscriptions,
            SharedSubscriptions = node.SharedSubscriptions,
            RetainedMessages = node.RetainedMessages,
            RetainedBytes = node.RetainedBytes,
            QueuedMessages = node.QueuedMessages,
            QueuedBytes = node.QueuedBytes,
            Shards = shards.Count,
            HeapBytes = node.HeapBytes,
            WorkingSetBytes = Environment.WorkingSet,
            StoreTrouble = store.Trouble,
            Lanes = [.. Enum.GetValues<LaneKind>().Select(Of)],
            Received = TrafficOf(BrokerCounter.PacketsReceived, BrokerCounter.BytesReceived, BrokerCounter.PublicationsReceivedQoS0, BrokerCounter.PublicationBytesReceivedQoS0),
            Sent = TrafficOf(BrokerCounter.PacketsSent, BrokerCounter.BytesSent, BrokerCounter.PublicationsSentQoS0, BrokerCounter.PublicationBytesSentQoS0),
            Drops = Enum.GetValues<DropReason>().ToDictionary(static reason => SnakeCase.Of(reason), counters.Drops),
            Rates = loads.IsRunning ? [.. loads.All.Select(static load => new RateReport(load.Name, load.Average.Averages.ToArray()))] : [],
        };
    }

    private LaneReport Of(LaneKind kind)
    {
        var load = senders.LoadOf(kind);
        return new LaneReport(SnakeCase.Of(kind), load.WaitingItems, load.WaitingBytes);
    }

    private TrafficReport TrafficOf(BrokerCounter packets, BrokerCounter bytes, BrokerCounter messages, BrokerCounter payload) =>
        new(counters.Read(packets), counters.Read(bytes), ByQoS(messages), ByQoS(payload));

    private long[] ByQoS(BrokerCounter first) => [.. Enum.GetValues<QoS>().Select(qos => counters.Read(first + (byte)qos))];
}
