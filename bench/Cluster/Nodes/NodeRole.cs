namespace OrleansBroker.Cluster.Nodes;

/// <summary>As in <c>Broker:Roles</c>.</summary>
internal enum NodeRole
{
    Gateway,
    Core,
}
