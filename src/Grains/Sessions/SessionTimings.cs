namespace OrleansBroker.Grains.Sessions;

/// <summary>How long control operations wait.</summary>
/// <param name="StoreWait">For the store, at CONNECT and UNSUBSCRIBE.</param>
/// <param name="Subscribe">For every shard of a SUBSCRIBE (invariant B13).</param>
public sealed record SessionTimings(TimeSpan StoreWait, TimeSpan Subscribe);
