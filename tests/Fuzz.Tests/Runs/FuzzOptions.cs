using System.Globalization;

namespace OrleansBroker.Fuzz.Tests.Runs;

/// <summary>
/// How long a run is. Without anything set it is the short one of every build: so many executions from a fixed seed, the same each time.
/// <c>FUZZ_SECONDS</c> or <c>FUZZ_EXECUTIONS</c> make it a long one, from <c>FUZZ_SEED</c> or from a seed that is printed.
/// <c>FUZZ_FIRST</c> begins with another execution than the first.
/// </summary>
internal sealed record FuzzOptions(ulong Seed, long First, long Executions, TimeSpan Time, bool IsLong)
{
    private const ulong FixedSeed = 1;

    /// <param name="executions">Of the short run.</param>
    public static FuzzOptions Read(long executions)
    {
        var seconds = Number("FUZZ_SECONDS");
        var wanted = Number("FUZZ_EXECUTIONS");
        var isLong = seconds is not null || wanted is not null;
        var seed = (ulong?)Number("FUZZ_SEED") ?? (isLong ? (ulong)TimeProvider.System.GetTimestamp() : FixedSeed);
        return new FuzzOptions(
            seed,
            Number("FUZZ_FIRST") ?? 0,
            wanted ?? (seconds is null ? executions : long.MaxValue),
            seconds is { } time ? TimeSpan.FromSeconds(time) : Timeout.InfiniteTimeSpan,
            isLong);
    }

    private static long? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
