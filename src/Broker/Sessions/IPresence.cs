using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Is told of sessions' comings and goings as they happen: under the session's monitor, so it takes what it needs and returns.</summary>
public interface IPresence
{
    /// <param name="session">As it was until now: its incarnation and epoch are those that the change concerns.</param>
    /// <param name="connection">The one that has come or gone; null when it was on a node that is gone, and for the end of a session.</param>
    /// <param name="reason">Of an end; Success where there is none to tell.</param>
    void Changed(Session session, PresenceChange change, ISessionConnection? connection, ReasonCode reason);
}
