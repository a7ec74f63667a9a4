namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// Numbers for new sessions that never come again: UTC milliseconds since 1970 in the upper bits (41 of them last until
/// 2039, 43 until 2248) and a counter in the lower 20, started at random so that two silos differ.
/// </summary>
internal sealed class IncarnationSource(TimeProvider time)
{
    private const int CounterBits = SessionItem.IncarnationCounterBits;

    private long _counter = System.Security.Cryptography.RandomNumberGenerator.GetInt32(1 << CounterBits);

    public long Next() =>
        (time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits) | (Interlocked.Increment(ref _counter) & ((1 << CounterBits) - 1));
}
