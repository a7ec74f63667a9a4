using OrleansBroker.Grains.Sessions.Listing;

namespace OrleansBroker.Grains.Tests.Sessions.Listing;

public sealed class SortedNamesTests
{
    [Fact]
    public void Behind_TwoParts_AreMergedInOrderOfTheirUtf8()
    {
        var names = SortedNames.Of(["d", "b", "\U0001F600", "b", "\uFFFF"]).With(["c", "a", "d", "\uE000"]);

        Assert.Equal(["a", "b", "c", "d", "\uE000", "\uFFFF", "\U0001F600"], names.Behind(null, ""));
        Assert.Equal(["c", "d"], names.Behind("b", "").Take(2));
        Assert.Equal(["c", "d"], names.Behind("bb", "").Take(2));
        Assert.Empty(names.Behind("\U0001F600", ""));
    }

    [Fact]
    public void Behind_Prefix_BeginsAndEndsWithIt()
    {
        var names = SortedNames.Of(["a", "b", "b1", "b3", "c"]).With(["b2"]);

        Assert.Equal(["b", "b1", "b2", "b3"], names.Behind(null, "b"));
        Assert.Equal(["b", "b1", "b2", "b3"], names.Behind("a", "b"));
        Assert.Equal(["b2", "b3"], names.Behind("b1", "b"));
        Assert.Empty(names.Behind("c", "b"));
    }

    [Fact]
    public void Merged_SomeGone_KeepsTheOthersInOnePart()
    {
        var names = SortedNames.Of(["a", "b", "d"]).With(["c", "e"]).Merged(static name => name is not ("b" or "e"));

        Assert.Equal(["a", "c", "d"], names.Names);
        Assert.Empty(names.Recent);
    }
}
