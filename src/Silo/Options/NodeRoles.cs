namespace OrleansBroker.Silo.Options;

/// <summary>What this node does (design §3).</summary>
[Flags]
internal enum NodeRoles
{
    None = 0,

    /// <summary>Listeners and connections.</summary>
    Gateway = 1,

    /// <summary>Session and topic grains.</summary>
    Core = 2,
}
