using System.Collections.Immutable;

namespace OrleansBroker.Grains.Nodes;

/// <summary>How this node and the others reach a silo, and its end: what <see cref="CrashWatch"/> judges by, and what it does.</summary>
internal interface ISiloReach
{
    SiloAddress Self { get; }

    /// <summary>Silos that serve, this one included, in the order of their addresses.</summary>
    ImmutableArray<SiloAddress> Active { get; }

    /// <summary>A sign of life, as long as it takes. Fails with an <see cref="OrleansException"/> where there is no way to the silo.</summary>
    Task PingAsync(SiloAddress silo);

    /// <summary>Connections from here to the silo's port are refused. False as well when nothing can be said; within a second.</summary>
    Task<bool> IsRefusedAsync(SiloAddress silo);

    /// <summary>The other one's word on the same. Fails when it says nothing.</summary>
    Task<bool> IsRefusedThereAsync(SiloAddress other, SiloAddress silo);

    /// <summary>Has the silo declared dead; nothing, where the store says that it is not active any more. Fails when the store does not answer.</summary>
    Task DeclareDeadAsync(SiloAddress silo);
}
