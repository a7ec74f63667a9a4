using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <content>The node's sessions and connections.</content>
internal sealed partial class NodeQueries
{
    public async ValueTask<NodeSessionsPage> SessionsAsync(NodeSessionsRequest request) => await Task.Run(() => sessions.ListAsync(request));

    public async ValueTask<SessionDetails?> SessionAsync(string clientId, bool withWillPayload) => await Task.Run(() => details.DescribeAsync(clientId, withWillPayload));

    public async ValueTask<SessionSubscriptions?> SessionSubscriptionsAsync(string clientId, uint after, int limit) => await Task.Run(() => details.SubscriptionsAsync(clientId, after, limit));

    public async ValueTask<SessionQueue?> SessionQueueAsync(string clientId, long after, int limit, bool withPayloads) =>
        await Task.Run(() => details.QueueAsync(clientId, after, limit, withPayloads));
}
