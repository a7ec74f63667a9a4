namespace OrleansBroker.Grains.Leases;

/// <summary>What a gateway does about connections that the cluster cannot serve through it (invariant B15).</summary>
public interface IGatewayFence
{
    /// <summary>
    /// The connection's session has not been reached for as long as the options allow: the connection is closed soon, at the limited rate of such closes. Any thread; repeating it
    /// is harmless, as is naming one that is gone.
    /// </summary>
    void SessionUnreachable(long connectionId);
}
