namespace OrleansBroker.Grains.Sessions;

/// <summary>Tells a session's grain that its session has ended, in a turn of its own so that it meets no CONNECT half way.</summary>
internal sealed class SessionLifetimes(IGrainFactory grains)
{
    public void Ended(string clientId)
    {
        // One-way: the call completes when it is queued; should it be lost, the idle activation holds nothing but itself.
        _ = grains.GetGrain<ISessionGrain>(new SessionKey(clientId).ToGrainKey()).EndedAsync().AsTask();
    }
}
