using System.Globalization;
using OrleansBroker.Grains.Leases;

namespace OrleansBroker.Grains.Tests.Leases;

public sealed class BootTimeTests
{
    /// <summary>The kernel says the same: its up-time counts suspension, too, in hundredths.</summary>
    [Fact]
    public void GetTimestamp_OnLinux_IsTheTimeSinceTheMachineStarted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no such clock.");
        var time = BootTime.Of(TimeProvider.System);
        var before = Uptime();
        var now = time.GetTimestamp() / (double)time.TimestampFrequency;
        Assert.InRange(now, before, Uptime() + 0.02);
    }

    [Fact]
    public void Of_AnotherClock_IsThatClock()
    {
        var time = new Timing.ManualTime(5);
        Assert.Same(time, BootTime.Of(time));
    }

    private static double Uptime() => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
}
