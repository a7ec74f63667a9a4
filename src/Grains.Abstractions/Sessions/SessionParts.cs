namespace OrleansBroker.Grains.Sessions;

/// <summary>From where what is said of a session comes.</summary>
[Flags]
public enum SessionParts : byte
{
    None = 0,

    /// <summary>From the session itself, in memory.</summary>
    Session = 1,

    /// <summary>From the gateway of its connection.</summary>
    Connection = 2,

    /// <summary>From the store.</summary>
    Store = 4,

    /// <summary>Whoever said it knows that the session does not meet the criteria, and left out what is said of it.</summary>
    RuledOut = 8,
}
