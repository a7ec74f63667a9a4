using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Nodes;
using OrleansBroker.Grains.Nodes;

namespace OrleansBroker.Api.Stats;

/// <summary><c>/stats</c>: the whole cluster in one answer.</summary>
public static class StatsEndpoints
{
    public static void MapStats(this RouteGroupBuilder api) => api.MapGet("/stats", ReadAsync)
        .RequireRole(ApiRole.Read)
        .WithName("getStats").WithTags("Nodes").WithSummary("Sums over all nodes: connections, sessions, subscriptions, messages, drops, rates.");

    private static async Task<Ok<StatsBody>> ReadAsync(IClusterReports reports, CancellationToken cancellation)
    {
        var cluster = await reports.ReadAsync(cancellation);
        NodeReport[] nodes = [.. cluster.Nodes.Select(static node => node.Report).OfType<NodeReport>()];
        string[] missing = [.. cluster.Missing];
        return TypedResults.Ok(new StatsBody(
            nodes.Length,
            nodes.Sum(static node => node.Connections),
            new SessionCounts(nodes.Sum(static node => node.ConnectedSessions), nodes.Sum(static node => node.DisconnectedSessions), nodes.Sum(static node => node.DurableSessions)),
            new SubscriptionCounts(nodes.Sum(static node => node.Subscriptions + node.SharedSubscriptions), nodes.Sum(static node => node.SharedSubscriptions)),
            new StoredCounts(nodes.Sum(static node => node.RetainedMessages), nodes.Sum(static node => node.RetainedBytes)),
            new StoredCounts(nodes.Sum(static node => node.QueuedMessages), nodes.Sum(static node => node.QueuedBytes)),
            SumOf([.. nodes.Select(static node => node.Received)]),
            SumOf([.. nodes.Select(static node => node.Sent)]),
            // A node of another version may have reasons that this one does not know.
            nodes.SelectMany(static node => node.Drops).GroupBy(static drop => drop.Key).ToDictionary(static drop => drop.Key, static drop => drop.Sum(static node => node.Value)),
            nodes.SelectMany(static node => node.Rates).GroupBy(static rate => rate.Name).ToDictionary(static rate => rate.Key, static rate => SumOf([.. rate])),
            Times.Of(cluster.AtUtcMilliseconds),
            missing.Length == 0 ? null : missing));
    }

    private static TrafficBody SumOf(TrafficReport[] nodes) =>
        new(nodes.Sum(static node => node.Packets), nodes.Sum(static node => node.Bytes), SumOf(nodes.Select(static node => node.Messages)), SumOf(nodes.Select(static node => node.PayloadBytes)));

    private static QoSCounts SumOf(IEnumerable<long[]> nodes) => nodes.Aggregate(new QoSCounts(0, 0, 0), static (sum, node) => new QoSCounts(sum.Qos0 + node[0], sum.Qos1 + node[1], sum.Qos2 + node[2]));

    private static RateBody SumOf(RateReport[] nodes) => new(
        Math.Round(nodes.Sum(static node => node.PerMinute[0]), 2), Math.Round(nodes.Sum(static node => node.PerMinute[1]), 2), Math.Round(nodes.Sum(static node => node.PerMinute[2]), 2));
}
