using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Gateway.Connections;

namespace OrleansBroker.Gateway.Tests.Connections;

public sealed class LogThrottleTests
{
    [Fact]
    public void TryTake_BeyondTheBurst_CountsWhatIsLeftOutInTheNextLine()
    {
        var time = new FakeTimeProvider();
        var throttle = new LogThrottle(time);
        for (var i = 0; i < LogThrottle.Burst; i++)
            Assert.True(throttle.TryTake(out _));
        for (var i = 0; i < 7; i++)
            Assert.False(throttle.TryTake(out _));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(throttle.TryTake(out var leftOut));
        Assert.Equal(7, leftOut);
        Assert.True(throttle.TryTake(out leftOut));
        Assert.Equal(0, leftOut);
    }
}
