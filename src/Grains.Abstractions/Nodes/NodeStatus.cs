namespace OrleansBroker.Grains.Nodes;

/// <summary>Where a node is in its life, as another one sees it.</summary>
public enum NodeStatus
{
    /// <summary>It starts, and serves nobody yet.</summary>
    Joining,

    Active,

    /// <summary>It hands over what it has, and takes no clients.</summary>
    Draining,

    /// <summary>It leaves.</summary>
    Stopping,

    /// <summary>It left or died lately.</summary>
    Dead,
}
