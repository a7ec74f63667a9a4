using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Api.Nodes;

/// <summary>Answers made of reports.</summary>
internal static class NodeBodies
{
    public static NodeBody Of(ClusterNode node)
    {
        var body = new NodeBody(node.Name, node.Roles, node.Status.ToString().ToLowerInvariant(), node.DiedUtcMilliseconds is { } died ? Times.Of(died) : null);
        return node.Report is not { } report ? body : body with
        {
            Version = report.Version,
            StartedAt = Times.Of(report.StartedUtcMilliseconds),
            UptimeSeconds = (report.AtUtcMilliseconds - report.StartedUtcMilliseconds) / TimeSpan.MillisecondsPerSecond,
            Connections = report.Connections,
            MaximumConnections = report.MaximumConnections,
            Sessions = new SessionCounts(report.ConnectedSessions, report.DisconnectedSessions, report.DurableSessions),
            Shards = report.Shards,
            Lanes = report.Lanes.ToDictionary(static lane => lane.Lane, static lane => new LaneBody(lane.WaitingItems, lane.WaitingBytes)),
            HeapBytes = report.HeapBytes,
            WorkingSetBytes = report.WorkingSetBytes,
            Store = new StoreBody(report.StoreTrouble is null, report.StoreTrouble),
            AsOf = Times.Of(report.AtUtcMilliseconds),
        };
    }
}
