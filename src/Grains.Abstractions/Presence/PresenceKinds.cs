namespace OrleansBroker.Grains.Presence;

/// <summary>What an event tells, one of these, and what a feed is to tell, some. A wired contract.</summary>
[Flags]
public enum PresenceKinds : byte
{
    None = 0,

    /// <summary>CONNACK has been sent.</summary>
    Connected = 1,

    /// <summary>The connection has ended, whoever ended it.</summary>
    Disconnected = 2,

    /// <summary>The connection has ended because another one of the client id has come.</summary>
    TakenOver = 4,

    /// <summary>The session has ended because its expiry interval ran out.</summary>
    Expired = 8,

    /// <summary>The session has ended otherwise: with its connection, by Clean Start, by an administrator.</summary>
    Ended = 16,

    All = Connected | Disconnected | TakenOver | Expired | Ended,
}
