namespace OrleansBroker.Api.Sessions;

/// <summary>Times of the grains' side: UTC milliseconds, 0 for none.</summary>
internal static class Times
{
    public static DateTimeOffset? Of(long utcMilliseconds) => utcMilliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(utcMilliseconds);
}
