namespace OrleansBroker.Soak.Tests.Model;

/// <summary>Whether a CONNECT must find a session.</summary>
internal enum Presence
{
    Absent,
    Present,

    /// <summary>Its expiry fell into the CONNECT: either is right.</summary>
    Either,
}
