namespace OrleansBroker.Api.Frame;

/// <summary>Times of the grains' side, UTC milliseconds, as those of answers.</summary>
internal static class Times
{
    public static DateTimeOffset Of(long utcMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(utcMilliseconds);

    /// <summary>Null for 0, which is none.</summary>
    public static DateTimeOffset? IfAny(long utcMilliseconds) => utcMilliseconds == 0 ? null : Of(utcMilliseconds);
}
