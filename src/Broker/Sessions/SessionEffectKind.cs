namespace OrleansBroker.Broker.Sessions;

public enum SessionEffectKind : byte
{
    /// <summary>Hand an accepted incoming QoS 2 message to its shard.</summary>
    Forward,

    /// <summary>The will is due.</summary>
    PublishWill,

    /// <summary>A queued shared message goes back to its group.</summary>
    ReturnShared,

    /// <summary>Subscriptions ended: take their routes out of the shards.</summary>
    RemoveRoutes,

    /// <summary>A connection has come: the groups of its shared subscriptions may offer again.</summary>
    AnnounceShared,

    /// <summary>The session has ended: delete its journal and let the activation go.</summary>
    Ended,
}
