namespace OrleansBroker.Grains.Nodes;

/// <summary>What the API tells of the cluster's nodes.</summary>
public interface IClusterReports
{
    /// <summary>Asks all nodes, each for two seconds at the most; never fails of one that does not answer.</summary>
    Task<ClusterReport> ReadAsync(CancellationToken cancellation);
}
