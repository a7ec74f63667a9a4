using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

public sealed class WillFateTests
{
    private const long Second = Stamps.Second;
    private const long Long = 3_600;

    private static readonly Window Lost = new(10 * Second, 13 * Second);

    [Fact]
    public void Of_ANormalDisconnect_IsNever() =>
        Assert.Null(WillFate.Of(new ConnectionEnd(Lost, PublishesWill: false, Long), 0, next: null, isResumed: false).Window);

    [Fact]
    public void Of_NoDelay_IsAtOnce()
    {
        var fate = WillFate.Of(new ConnectionEnd(Lost, PublishesWill: true, Long), 0, next: null, isResumed: false);
        Assert.Equal((10 * Second, true), (fate.Window!.Value.Begin, fate.IsCertain));
    }

    [Fact]
    public void Of_ADelay_IsNotBefore() =>
        Assert.InRange(WillFate.Of(new ConnectionEnd(Lost, PublishesWill: true, Long), 2, next: null, isResumed: false).Window!.Value.Begin, (12 * Second) - (10 * Stamps.Millisecond), 12 * Second);

    [Fact]
    public void Of_ADelayLongerThanTheSession_IsAtItsEnd() =>
        Assert.Equal(10 * Second, WillFate.Of(new ConnectionEnd(Lost, PublishesWill: true, 0), 2, next: null, isResumed: false).Window!.Value.Begin);

    [Fact]
    public void Of_ResumedWithinTheDelay_IsNever()
    {
        var fate = WillFate.Of(new ConnectionEnd(Lost, PublishesWill: true, Long), 2, new Window(11 * Second, 11 * Second), isResumed: true);
        Assert.Equal((null, true), (fate.Window, fate.IsCertain));
    }

    [Fact]
    public void Of_ResumedAboutWhenItIsDue_IsEither() =>
        Assert.False(WillFate.Of(new ConnectionEnd(Lost, PublishesWill: true, Long), 2, new Window(13 * Second, 13 * Second), isResumed: true).IsCertain);

    [Fact]
    public void Of_ResumedLongAfter_IsCertain()
    {
        var fate = WillFate.Of(new ConnectionEnd(Lost, PublishesWill: true, Long), 2, new Window(60 * Second, 61 * Second), isResumed: true);
        Assert.Equal((true, true), (fate.Window is not null, fate.IsCertain));
    }

    [Fact]
    public void Of_ANewSessionWithinTheDelay_IsAtThatCertainly()
    {
        var fate = WillFate.Of(new ConnectionEnd(Lost, PublishesWill: true, Long), 2, new Window(11 * Second, 11 * Second), isResumed: false);
        Assert.Equal((11 * Second, true), (fate.Window!.Value.Begin, fate.IsCertain));
    }
}
