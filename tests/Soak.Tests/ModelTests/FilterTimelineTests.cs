using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

public sealed class FilterTimelineTests
{
    private static readonly Grant First = new("t", null, 1, false, false, 0, 1);
    private static readonly Grant Second = new("t", null, 2, false, false, 0, 2);

    private readonly FilterTimeline _timeline = new("t");

    [Fact]
    public void CollectHeld_BeforeAndAfterAnAnsweredStep_IsCertain()
    {
        _timeline.Add(new Window(10, 20), First);
        Assert.Equal([null], Held(1, 9));
        Assert.Equal([First], Held(21, 30));
    }

    [Fact]
    public void CollectHeld_DuringAStep_IsEither()
    {
        _timeline.Add(new Window(10, 20), First);
        Assert.Equal([null, First], Held(1, 10));
        Assert.Equal([null, First], Held(12, 13));
        Assert.Equal([null, First], Held(20, 30));
    }

    [Fact]
    public void CollectHeld_DuringAReplacement_IsOneOfBothAndNeverNothing()
    {
        _timeline.Add(new Window(10, 20), First);
        _timeline.Add(new Window(30, 40), Second);
        Assert.Equal([First, Second], Held(35, 36));
        Assert.Equal([Second], Held(41, 50));
    }

    [Fact]
    public void CollectHeld_AfterAnUnansweredStep_IsEitherUntilTheNextAnswer()
    {
        _timeline.Add(new Window(10, 20), First, isCertain: false);
        Assert.Equal([null, First], Held(21, 22));
        _timeline.Add(new Window(30, 40), grant: null);
        Assert.Equal([null], Held(41, 50));
    }

    [Fact]
    public void CollectHeld_ALongWindow_IsAllThatWasHeld()
    {
        _timeline.Add(new Window(10, 20), First);
        _timeline.Add(new Window(30, 40), grant: null);
        _timeline.Add(new Window(50, 60), Second);
        Assert.Equal([First, null, Second], Held(25, 70));
    }

    private List<Grant?> Held(long begin, long end)
    {
        var held = new List<Grant?>();
        _timeline.CollectHeld(new Window(begin, end), held);
        return held;
    }
}
