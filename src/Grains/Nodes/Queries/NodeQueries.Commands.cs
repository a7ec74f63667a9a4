namespace OrleansBroker.Grains.Nodes.Queries;

/// <content>For commands on sessions.</content>
internal sealed partial class NodeQueries
{
    public ValueTask<bool> HasSessionAsync(string clientId) => ValueTask.FromResult(lookup.IsHere(clientId));
}
