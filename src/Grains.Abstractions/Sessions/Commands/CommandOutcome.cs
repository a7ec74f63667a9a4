namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>What has become of an administrator's command on a session.</summary>
public enum CommandOutcome : byte
{
    /// <summary>It is as was asked, and stored.</summary>
    Done,

    /// <summary>The client id has no session.</summary>
    NoSession,

    /// <summary>The session has no connection.</summary>
    NotConnected,

    /// <summary>The session does not have the subscription.</summary>
    NoSubscription,

    /// <summary>The session, or its connection, is another one than the caller means.</summary>
    Changed,

    /// <summary>The session may not have it: a limit, or what this server does not offer.</summary>
    Refused,

    /// <summary>The store did not take it in time: it is not said whether it will hold.</summary>
    NotStored,

    /// <summary>The session, or a part of the cluster that it concerns, was not reached in time: it may or may not have happened, and may be asked again.</summary>
    NotReached,

    /// <summary>A gateway has the session's connection and has not handed it over to the session's new activation yet: the command waits for that. Never told to a caller.</summary>
    Awaited,
}
