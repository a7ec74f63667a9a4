using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Broker.Tests.Outcomes;

public sealed class LoadAverageTests
{
    private readonly LoadAverage _load = new();

    [Fact]
    public void Averages_BeforeAnything_AreZero() => Assert.Equal([0, 0, 0], _load.Averages.ToArray());

    [Fact]
    public void Update_Once_CountsWhatIsNewByItsShareOfTheWindow()
    {
        _load.Update(10, TimeSpan.FromSeconds(10));
        // 10 in 10 s are 60 a minute, and 10 s are so much of a window.
        Assert.Equal(60 * (1 - Math.Exp(-10.0 / 60)), _load.Averages[0], 9);
        Assert.Equal(60 * (1 - Math.Exp(-10.0 / 300)), _load.Averages[1], 9);
        Assert.Equal(60 * (1 - Math.Exp(-10.0 / 900)), _load.Averages[2], 9);
    }

    [Fact]
    public void Update_SteadyRateForLong_IsTheRate()
    {
        for (var i = 1; i <= 3_600; i++) _load.Update(i * 7L, TimeSpan.FromSeconds(10));
        Assert.All(_load.Averages.ToArray(), static average => Assert.Equal(42, average, 3));
    }

    [Fact]
    public void Update_NothingMore_DecaysByEInOneWindow()
    {
        _load.Update(100, TimeSpan.FromSeconds(10));
        var before = _load.Averages.ToArray();
        for (var i = 0; i < 6; i++) _load.Update(100, TimeSpan.FromSeconds(10));
        Assert.Equal(before[0] / Math.E, _load.Averages[0], 9);
        Assert.Equal(before[1] * Math.Exp(-0.2), _load.Averages[1], 9);
    }

    [Fact]
    public void Update_UnevenIntervals_AgreeWithEvenOnes()
    {
        var even = new LoadAverage();
        for (var i = 1; i <= 60; i++) even.Update(i, TimeSpan.FromSeconds(1));
        _load.Update(7, TimeSpan.FromSeconds(7));
        _load.Update(8, TimeSpan.FromSeconds(1));
        _load.Update(60, TimeSpan.FromSeconds(52));
        for (var i = 0; i < 3; i++) Assert.Equal(even.Averages[i], _load.Averages[i], 9);
    }

    [Fact]
    public void Update_WithoutTimeInBetween_LosesNothing()
    {
        _load.Update(5, TimeSpan.Zero);
        Assert.Equal([0, 0, 0], _load.Averages.ToArray());
        _load.Update(10, TimeSpan.FromMinutes(1));
        Assert.Equal(10 * (1 - (1 / Math.E)), _load.Averages[0], 9);
    }
}
