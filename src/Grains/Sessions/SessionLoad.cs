namespace OrleansBroker.Grains.Sessions;

/// <summary>What one session adds to its node's numbers.</summary>
/// <param name="Exists">False for an activation that holds no session.</param>
internal readonly record struct SessionLoad(
    bool Exists, bool IsConnected, int Subscriptions, int SharedSubscriptions, int QueuedMessages, long QueuedBytes);
