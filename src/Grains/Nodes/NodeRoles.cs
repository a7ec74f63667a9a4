namespace OrleansBroker.Grains.Nodes;

/// <summary>What a node does.</summary>
[Flags]
public enum NodeRoles
{
    None = 0,

    /// <summary>Listeners and connections.</summary>
    Gateway = 1,

    /// <summary>Session and topic grains.</summary>
    Core = 2,
}
