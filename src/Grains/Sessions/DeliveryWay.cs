namespace OrleansBroker.Grains.Sessions;

/// <summary>How something from a shard came to the session's monitor; should it have to go on, it goes on with what else comes that way (invariant B4).</summary>
internal enum DeliveryWay : byte
{
    /// <summary>From a shard of this silo.</summary>
    Shard,

    /// <summary>From another silo.</summary>
    Lane,

    /// <summary>By a call of the grain, which has made sure that no gateway is to hand over the session: nothing older is on its way.</summary>
    Call,
}
