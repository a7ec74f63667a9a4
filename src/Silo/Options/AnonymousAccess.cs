namespace OrleansBroker.Silo.Options;

/// <summary>Where clients without credentials are welcome.</summary>
internal enum AnonymousAccess
{
    /// <summary>From loopback, as long as no password file is configured.</summary>
    Default,

    /// <summary>From loopback, also beside a password file.</summary>
    Loopback,

    /// <summary>From everywhere.</summary>
    True,

    /// <summary>From nowhere.</summary>
    False,
}
