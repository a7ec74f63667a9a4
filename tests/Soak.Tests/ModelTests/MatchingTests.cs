using OrleansBroker.Soak.Tests.Model;

namespace OrleansBroker.Soak.Tests.ModelTests;

public sealed class MatchingTests
{
    [Fact]
    public void UncoveredLefts_TheGreedyChoiceWouldFail_FindsTheOther()
    {
        var matching = new Matching(2, 2);
        matching.Connect(0, 0);
        matching.Connect(0, 1);
        matching.Connect(1, 0);
        Assert.Empty(matching.UncoveredLefts());
        Assert.Empty(matching.UncoveredRights([0, 1]));
    }

    [Fact]
    public void UncoveredLefts_TwoForOne_IsTheSecond()
    {
        var matching = new Matching(2, 1);
        matching.Connect(0, 0);
        matching.Connect(1, 0);
        Assert.Equal([1], matching.UncoveredLefts());
        Assert.Empty(matching.UncoveredRights([0]));
    }

    [Fact]
    public void UncoveredRights_WithoutACopy_AreTheRequired() => Assert.Equal([1], new Matching(0, 2).UncoveredRights([1]));
}
