namespace OrleansBroker.Api.Health;

/// <summary>Whether this node takes clients.</summary>
public enum ReadinessState
{
    /// <summary>Not yet: the silo joins or the listeners open.</summary>
    Starting,

    /// <summary>The silo is active and the listeners serve.</summary>
    Ready,

    /// <summary>No longer: the node hands over and stops.</summary>
    Draining,

    /// <summary>Not now: the store does not answer, and a CONNECT would be refused. It becomes ready by itself.</summary>
    StoreUnreachable,
}
