namespace OrleansBroker.Api.Nodes;

/// <summary>Times of records as those of answers.</summary>
internal static class Times
{
    public const long MillisecondsPerSecond = 1_000;

    public static DateTimeOffset Of(long utcMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(utcMilliseconds);
}
