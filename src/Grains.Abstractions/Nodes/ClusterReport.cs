namespace OrleansBroker.Grains.Nodes;

/// <summary>The cluster as one node sees it, with what the others say of themselves.</summary>
/// <param name="AtUtcMilliseconds">When it was asked for.</param>
/// <param name="Nodes">In the order of their addresses, those that died lately last.</param>
public sealed record ClusterReport(long AtUtcMilliseconds, IReadOnlyList<ClusterNode> Nodes)
{
    /// <summary>Names of the nodes that should have answered in time and did not.</summary>
    public IEnumerable<string> Missing => Nodes.Where(static node => node.IsMissing).Select(static node => node.Name);
}

/// <summary>One node of it.</summary>
/// <param name="Name">As in its ready line.</param>
/// <param name="Roles">In lower case; empty while they are not known.</param>
/// <param name="DiedUtcMilliseconds">When this was noticed; null while it lives.</param>
/// <param name="Report">Null when it was not asked or did not answer.</param>
/// <param name="IsMissing">It was asked and did not answer in time.</param>
public sealed record ClusterNode(string Name, IReadOnlyList<string> Roles, NodeStatus Status, long? DiedUtcMilliseconds, NodeReport? Report, bool IsMissing);
