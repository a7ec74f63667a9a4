namespace OrleansBroker.Broker.Sessions;

public enum SessionEffectKind : byte
{
    /// <summary>Hand an accepted incoming QoS 2 message to its shard.</summary>
    Forward,

    /// <summary>The will is due.</summary>
    PublishWill,

    /// <summary>The will was published, and a receiver went while it stored it.</summary>
    RepeatWill,

    /// <summary>A queued shared message goes back to its group.</summary>
    ReturnShared,

    /// <summary>Subscriptions ended: take their routes out of the shards.</summary>
    RemoveRoutes,

    /// <summary>A connection has come: the groups of its shared subscriptions may offer again.</summary>
    AnnounceShared,

    /// <summary>A connection has come: its node takes the routes of the subscriptions to $SYS.</summary>
    EnterNode,

    /// <summary>A connection has gone: its node lets these routes go.</summary>
    LeaveNode,

    /// <summary>The next messages of the queue are in the journal alone: read them.</summary>
    LoadStored,

    /// <summary>The session has ended: delete its journal and let the activation go.</summary>
    Ended,
}
