namespace OrleansBroker.Soak.Tests.Model;

/// <summary>Session Present of CONNACK [MQTT5-3.2.2-3] [MQTT311-3.2.2-2].</summary>
internal static class Presences
{
    /// <param name="last">The end of the last connection of a session that may still be there; null: there is none.</param>
    public static Presence Of(ConnectionEnd? last, Window connect, bool isCleanStart)
    {
        if (isCleanStart || last is not { } end || end.ExpirySeconds == 0)
            return Presence.Absent;
        var expiry = end.Expiry;
        if (connect.IsBefore(expiry))
            return Presence.Present;
        return expiry.IsBefore(connect) ? Presence.Absent : Presence.Either;
    }
}
