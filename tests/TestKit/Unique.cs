namespace OrleansBroker.TestKit;

/// <summary>Names that no other test uses, since all tests of a project share one broker.</summary>
public static class Unique
{
    private static readonly string Run = Guid.NewGuid().ToString("N")[..6];
    private static int _count;

    /// <summary>A client id of at most 23 characters, which every 3.1 server must take.</summary>
    public static string ClientId() => $"c{Run}{Interlocked.Increment(ref _count)}";

    /// <summary>A topic name with two levels, under which a test may add more.</summary>
    public static string Topic() => $"t{Run}/{Interlocked.Increment(ref _count)}";
}
