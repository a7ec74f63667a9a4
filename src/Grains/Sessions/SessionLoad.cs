namespace OrleansBroker.Grains.Sessions;

/// <summary>What one session adds to its node's numbers.</summary>
/// <param name="Exists">False for an activation that holds no session.</param>
/// <param name="IsDurable">It outlives its connection.</param>
internal readonly record struct SessionLoad(
    bool Exists, bool IsConnected, bool IsDurable, int Subscriptions, int SharedSubscriptions, int QueuedMessages, long QueuedBytes);
