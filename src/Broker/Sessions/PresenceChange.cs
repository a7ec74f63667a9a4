namespace OrleansBroker.Broker.Sessions;

/// <summary>What the presence feed tells of a session; the numbers are a wired contract.</summary>
public enum PresenceChange : byte
{
    /// <summary>CONNACK has been sent.</summary>
    Connected = 1,

    /// <summary>The connection has ended, whoever ended it.</summary>
    Disconnected = 2,

    /// <summary>The connection has ended because another one of the client id has come.</summary>
    TakenOver = 3,

    /// <summary>The session has ended because its expiry interval ran out.</summary>
    Expired = 4,

    /// <summary>The session has ended otherwise: with its connection, by Clean Start, by an administrator.</summary>
    Ended = 5,
}
