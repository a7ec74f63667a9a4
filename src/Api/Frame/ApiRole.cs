namespace OrleansBroker.Api.Frame;

/// <summary>What an API key may do. A key has one role or several; each is only what it says, but for <see cref="Admin"/>, which is all of them.</summary>
[Flags]
public enum ApiRole
{
    None = 0,

    /// <summary>Asks: listings, single reads, metrics. Changes nothing and publishes nothing.</summary>
    Read = 1,

    /// <summary>Publishes messages, and sees nothing of sessions, users or subscriptions: the role of an application.</summary>
    Publish = 2,

    /// <summary>Everything, ending sessions included.</summary>
    Admin = 4,

    /// <summary>For what every key may ask.</summary>
    Any = Read | Publish | Admin,
}
