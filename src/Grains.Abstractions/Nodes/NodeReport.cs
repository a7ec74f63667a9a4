namespace OrleansBroker.Grains.Nodes;

/// <summary>A node's figures at one moment. Counts are from the start of its program, times UTC milliseconds, sizes bytes.</summary>
[GenerateSerializer, Immutable, Alias("broker.NodeReport")]
public sealed record NodeReport
{
    [Id(0)] public required string Version { get; init; }

    [Id(1)] public required long AtUtcMilliseconds { get; init; }

    [Id(2)] public required long StartedUtcMilliseconds { get; init; }

    /// <summary>It hands over and stops.</summary>
    [Id(3)] public required bool IsDraining { get; init; }

    /// <summary>Of its gateway, with their CONNACK.</summary>
    [Id(4)] public required int Connections { get; init; }

    /// <summary>The most that <see cref="Connections"/> ever was.</summary>
    [Id(5)] public required int MaximumConnections { get; init; }

    /// <summary>In its memory, as are the next two.</summary>
    [Id(6)] public required int ConnectedSessions { get; init; }

    [Id(7)] public required int DisconnectedSessions { get; init; }

    /// <summary>Connected or not; they outlive their connection.</summary>
    [Id(8)] public required int DurableSessions { get; init; }

    /// <summary>Of these sessions, shared ones left out.</summary>
    [Id(9)] public required long Subscriptions { get; init; }

    [Id(10)] public required long SharedSubscriptions { get; init; }

    /// <summary>Of its shards, without $SYS.</summary>
    [Id(11)] public required long RetainedMessages { get; init; }

    [Id(12)] public required long RetainedBytes { get; init; }

    /// <summary>In the queues of its sessions; one counts for each queue.</summary>
    [Id(13)] public required long QueuedMessages { get; init; }

    [Id(14)] public required long QueuedBytes { get; init; }

    /// <summary>Topic shards that are open on it.</summary>
    [Id(15)] public required int Shards { get; init; }

    [Id(16)] public required long HeapBytes { get; init; }

    /// <summary>What the operating system counts for the process.</summary>
    [Id(17)] public required long WorkingSetBytes { get; init; }

    /// <summary>What is wrong with its store, or null.</summary>
    [Id(18)] public string? StoreTrouble { get; init; }

    [Id(19)] public required LaneReport[] Lanes { get; init; }

    [Id(20)] public required TrafficReport Received { get; init; }

    [Id(21)] public required TrafficReport Sent { get; init; }

    /// <summary>All reasons, those without drops too, by the names that <c>$SYS</c> and the metrics have.</summary>
    [Id(22)] public required Dictionary<string, long> Drops { get; init; }

    /// <summary>Empty on a node that publishes nothing below <c>$SYS</c>.</summary>
    [Id(23)] public required RateReport[] Rates { get; init; }
}
