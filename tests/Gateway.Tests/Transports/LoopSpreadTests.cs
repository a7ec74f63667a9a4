using OrleansBroker.Gateway.Transports.Epoll;

namespace OrleansBroker.Gateway.Tests.Transports;

public sealed class LoopSpreadTests
{
    private const int Window = 500;

    private readonly LoopSpread _spread = new(4);
    private long _now;

    [Fact]
    public void Report_LoopsWithRoom_OneIsUsed()
    {
        Pass(20, awake: 0.8, bytes: 1_000);
        Assert.Equal(1, _spread.InUse);
    }

    [Fact]
    public void Report_FullAndMoreIsDoneByTwo_TwoStay()
    {
        Pass(3, awake: 1, bytes: 1_000);
        Assert.Equal(2, _spread.InUse);
        Pass(2, awake: 1, bytes: 1_200);
        Pass(40, awake: 0.8, bytes: 1_200);
        Assert.Equal(2, _spread.InUse);
    }

    [Fact]
    public void Report_FullAndTwoAreRelieved_TwoStay()
    {
        Pass(3, awake: 0.9, bytes: 1_000);
        Pass(10, awake: 0.6, bytes: 1_000);
        Assert.Equal(2, _spread.InUse);
    }

    [Fact]
    public void Report_FullAndTwoDoNoMore_OneAgainAndNoTrialForAWhile()
    {
        Pass(3, awake: 1, bytes: 1_000);
        Assert.Equal(2, _spread.InUse);
        Pass(2, awake: 1, bytes: 1_050);
        Assert.Equal(1, _spread.InUse);
        var version = _spread.Version;
        Pass(58, awake: 1, bytes: 1_000);
        Assert.Equal(version, _spread.Version);
        Pass(2, awake: 1, bytes: 1_000);
        Assert.Equal(2, _spread.InUse);
    }

    [Fact]
    public void Report_LoadGone_OneIsUsedAndTheNextLoadIsTriedAtOnce()
    {
        Pass(3, awake: 1, bytes: 1_000);
        Pass(2, awake: 1, bytes: 1_000);
        Assert.Equal(1, _spread.InUse);
        Pass(3, awake: 0.1, bytes: 10);
        Pass(3, awake: 1, bytes: 1_000);
        Assert.Equal(2, _spread.InUse);
        Pass(2, awake: 1, bytes: 2_000);
        Pass(10, awake: 0.1, bytes: 10);
        Assert.Equal(1, _spread.InUse);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(200)]
    public void Home_OfPublishersAndSubscribersInTurn_EachLoopHasItsPartOfBoth(int connections)
    {
        var spread = new LoopSpread(2);
        for (var window = 1; spread.InUse == 1; window++)
            spread.Report(0, Window, 1_000, window * Window);
        var homes = Enumerable.Range(0, connections).Select(_ => spread.Home(out _)).ToArray();

        Assert.Equal(connections / 2, homes.Count(home => home == 0));
        var publishers = homes.Where((_, index) => index % 2 == 0).Count(home => home == 0);
        Assert.InRange(publishers, (connections / 4) - 1, (connections / 4) + 1);
    }

    /// <summary>Windows in which one loop is awake for this part of the time.</summary>
    private void Pass(int windows, double awake, long bytes)
    {
        for (var i = 0; i < windows; i++)
        {
            _now += Window;
            _spread.Report(0, awake * Window, bytes, _now);
        }
    }
}
