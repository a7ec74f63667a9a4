using OrleansBroker.Gateway.Hosting;

namespace OrleansBroker.Gateway.Tests.Hosting;

public sealed class SweepPardonTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly SweepPardon _pardon = new(TimeSpan.FromSeconds(1));

    [Fact]
    public void At_LooksInTime_PardonsNothing()
    {
        for (var now = 5_000L; now < 100_000; now += 1_900) Assert.Equal(0, _pardon.At(now, Longest));
    }

    [Fact]
    public void At_ProcessStoodStill_PardonsThatTimeUntilNothingIsLeftOfBefore()
    {
        _pardon.At(5_000, Longest);
        Assert.Equal(20_000, _pardon.At(26_000, Longest));
        for (var now = 27_000L; now < 56_000; now += 1_000) Assert.Equal(20_000, _pardon.At(now, Longest));
        Assert.Equal(0, _pardon.At(56_000, Longest));
    }

    [Fact]
    public void At_StoodStillTwice_PardonsBoth()
    {
        _pardon.At(0, Longest);
        Assert.Equal(4_000, _pardon.At(5_000, Longest));
        Assert.Equal(10_000, _pardon.At(12_000, Longest));
    }
}
