namespace OrleansBroker.Grains.Nodes.Queries;

/// <content>Sessions one by one.</content>
internal sealed partial class NodeQueries
{
    public ValueTask<bool> HasSessionAsync(string clientId) => ValueTask.FromResult(lookup.IsHere(clientId));
}
