using OrleansBroker.Grains.Timing;

namespace OrleansBroker.Grains.Tests.Timing;

/// <summary>An entry that notes when it was called and does what the test wants.</summary>
internal sealed class TestEntry(bool shiftsWhenLate = false) : WheelEntry(shiftsWhenLate)
{
    public List<long> Calls { get; } = [];

    /// <summary>What the test scheduled it for.</summary>
    public long Deadline { get; set; }

    public Func<long, long>? Answer { get; set; }

    protected internal override long OnDue(long nowMilliseconds)
    {
        Calls.Add(nowMilliseconds);
        return Answer?.Invoke(nowMilliseconds) ?? Done;
    }
}
