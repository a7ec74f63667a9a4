using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Sessions.Listing;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Tests.Sessions.Listing;

public sealed class ListingPaceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LimitsOptions _limits = new();
    private readonly ListingPace _pace;

    public ListingPaceTests() => _pace = new ListingPace(_limits, new BrokerClock(_time));

    private int PerSecond => _limits.ListedSessionsPerSecond * Environment.ProcessorCount;

    [Fact]
    public void Wait_FourSecondsWorthWasListed_ComesAtOnce()
    {
        _pace.Add(4 * PerSecond - 1, 4 * PerSecond - 1);
        Assert.True(_pace.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Wait_ASecondMoreWasListed_WaitsForASecond()
    {
        _pace.Add(5 * PerSecond, 5 * PerSecond);
        var wait = _pace.WaitAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMilliseconds(990));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await wait.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Wait_SessionsWereOnlyLookedAt_AreThreeForOne()
    {
        _pace.Add(12 * PerSecond - 3, shown: 0);
        Assert.True(_pace.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
        _pace.Add(PerSecond, shown: 0);
        Assert.False(_pace.WaitAsync(CancellationToken.None).IsCompleted);
    }
}
