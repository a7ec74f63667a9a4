namespace OrleansBroker.Grains.Nodes.Queries;

/// <content>The node's figures.</content>
internal sealed partial class NodeQueries
{
    public async ValueTask<NodeReport> ReportAsync() => await Task.Run(reporter.ReadAsync);
}
