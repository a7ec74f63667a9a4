using Microsoft.Extensions.Logging;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Queries;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Sessions.Listing;

/// <summary>Asks the nodes of the cluster, this one without a call, and goes on without one that does not answer in time.</summary>
internal sealed partial class SessionNodes(
    ClusterView cluster, NodeQueriesClient client, NodeSessions own, SessionDetailsReader ownDetails, BrokerClock clock, ILogger<SessionNodes> logger)
{
    /// <summary>Of one answer: some ms of work, or a second for the first list of a node that has very many sessions.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public IReadOnlyList<SiloAddress> All => cluster.Active;

    /// <summary>Null when it does not answer.</summary>
    public Task<NodeSessionsPage?> SessionsAsync(SiloAddress node, NodeSessionsRequest request, CancellationToken cancellation) =>
        AskAsync(node, () => own.ListAsync(request), queries => queries.SessionsAsync(request), cancellation);

    public Task<(IReadOnlyList<SessionDetails> Found, IReadOnlyList<SiloAddress> Silent)> SessionAsync(string clientId, bool withWillPayload, CancellationToken cancellation) =>
        AskAllAsync(() => ownDetails.DescribeAsync(clientId, withWillPayload), queries => queries.SessionAsync(clientId, withWillPayload), cancellation);

    public Task<(IReadOnlyList<SessionSubscriptions> Found, IReadOnlyList<SiloAddress> Silent)> SubscriptionsAsync(string clientId, uint after, int limit, CancellationToken cancellation) =>
        AskAllAsync(() => ownDetails.SubscriptionsAsync(clientId, after, limit), queries => queries.SessionSubscriptionsAsync(clientId, after, limit), cancellation);

    public Task<(IReadOnlyList<SessionQueue> Found, IReadOnlyList<SiloAddress> Silent)> QueueAsync(string clientId, long after, int limit, bool withPayloads, CancellationToken cancellation) =>
        AskAllAsync(() => ownDetails.QueueAsync(clientId, after, limit, withPayloads), queries => queries.SessionQueueAsync(clientId, after, limit, withPayloads), cancellation);

    private async Task<(IReadOnlyList<T> Found, IReadOnlyList<SiloAddress> Silent)> AskAllAsync<T>(
        Func<Task<T?>> askOwn, Func<INodeQueries, ValueTask<T?>> ask, CancellationToken cancellation)
        where T : class
    {
        var answers = await Task.WhenAll(All.Select(async node =>
        {
            var answer = await AskAsync<Answer<T>>(node, async () => new Answer<T>(await askOwn()), async queries => new Answer<T>(await ask(queries)), cancellation);
            return (Node: node, Answer: answer);
        }));
        return ([.. answers.Select(static each => each.Answer?.Found).OfType<T>()], [.. answers.Where(static each => each.Answer is null).Select(static each => each.Node)]);
    }

    private async Task<T?> AskAsync<T>(SiloAddress node, Func<Task<T>> askOwn, Func<INodeQueries, ValueTask<T>> ask, CancellationToken cancellation)
        where T : class
    {
        try
        {
            var answer = node.Equals(cluster.Self) ? Task.Run(askOwn, cancellation) : ask(client.For(node)).AsTask();
            return await answer.WaitAsync(Patience, clock.TimeProvider, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // Whatever the call failed of, the others have answered.
            LogNoAnswer(failure, node);
            return null;
        }
    }

    [LoggerMessage(2140, LogLevel.Debug, "{Silo} has not said what sessions it has")]
    private partial void LogNoAnswer(Exception failure, SiloAddress silo);

    private sealed record Answer<T>(T? Found);
}
