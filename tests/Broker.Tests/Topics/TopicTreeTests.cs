using System.Text.Unicode;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class TopicTreeTests
{
    [Fact]
    public void GetOrAdd_SameKeyTwice_GivesTheSamePlace()
    {
        var tree = new TopicTree<string>();
        tree.GetOrAdd("a/b"u8, out var existed) = "first";
        Assert.False(existed);

        ref var place = ref tree.GetOrAdd("a/b"u8, out existed);
        Assert.True(existed);
        Assert.Equal("first", place);
        place = "second";
        Assert.True(tree.TryGet("a/b"u8, out var value));
        Assert.Equal("second", value);
        Assert.Equal(1, tree.Count);
    }

    [Fact]
    public void GetOrAdd_EmptyKey_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopicTree<string>().GetOrAdd(default, out _));

    [Theory]
    [InlineData("a")]
    [InlineData("a/b/c")]
    [InlineData("a/")]
    [InlineData("/a/b")]
    [InlineData("a/+")]
    public void TryGet_KeyThatOnlySharesLevels_IsNotFound(string key)
    {
        var tree = new TopicTree<string>().With("a/b", "a/#");
        Assert.False(tree.TryGet(key.Utf8(), out _));
        Assert.False(tree.Remove(key.Utf8(), out _));
        Assert.Equal(2, tree.Count);
    }

    [Fact]
    public void Remove_LeafAndInnerKeys_PrunesWhatNothingNeeds()
    {
        var tree = new TopicTree<string>().With("a", "a/b/c/d", "a/b/x", "e/f");
        Assert.Equal(7, tree.NodeCount);

        Assert.True(tree.Remove("a/b/c/d"u8, out var removed));
        Assert.Equal("a/b/c/d", removed);
        Assert.Equal((3, 5), (tree.Count, tree.NodeCount));
        Assert.True(tree.Remove("a"u8, out _));
        Assert.Equal((2, 5), (tree.Count, tree.NodeCount));
        Assert.True(tree.Remove("a/b/x"u8, out _));
        Assert.Equal((1, 2), (tree.Count, tree.NodeCount));
        Assert.True(tree.Remove("e/f"u8, out _));
        Assert.Equal((0, 0), (tree.Count, tree.NodeCount));
    }

    [Fact]
    public void Remove_HalfOfManySiblings_LeavesTheOthers()
    {
        const int Keys = 50_000;
        var tree = new TopicTree<string>();
        for (var key = 0; key < Keys; key++)
            tree.With($"device-number-{key}");
        for (var key = 0; key < Keys; key += 2)
            Assert.True(tree.Remove($"device-number-{key}".Utf8(), out _));

        Assert.Equal((Keys / 2, Keys / 2), (tree.Count, tree.NodeCount));
        for (var key = 0; key < Keys; key++)
            Assert.Equal(key % 2 == 1, tree.TryGet($"device-number-{key}".Utf8(), out _));
        Assert.Equal(Keys / 2, tree.FindSorted("+").Distinct().Count());
    }

    [Theory]
    [InlineData("#", "+", "x")]
    [InlineData("#", "x", "+")]
    [InlineData("+", "#", "x")]
    [InlineData("+", "x", "#")]
    [InlineData("x", "#", "+")]
    [InlineData("x", "+", "#")]
    public void Match_WildcardsAddedAndRemovedInAnyOrder_KeepsTheOthers(string first, string second, string third)
    {
        var tree = new TopicTree<string>().With("other", first, second, third);
        Assert.Equal(["#", "+", "x"], tree.MatchSorted("x"));
        tree.Remove(first.Utf8(), out _);
        Assert.Equal(new[] { second, third }.Order(StringComparer.Ordinal), tree.MatchSorted("x"));
        tree.Remove(second.Utf8(), out _);
        Assert.Equal([third], tree.MatchSorted("x"));
        tree.Remove(third.Utf8(), out _);
        Assert.Empty(tree.MatchSorted("x"));
        Assert.Equal(1, tree.NodeCount);
    }

    [Fact]
    public void TryGet_SameLevelsBelowVeryManyParents_FindsEachParentsOwn()
    {
        // 300,000 edges of the same level make about 300,000² / 2 / 2^32 = 10 pairs that agree in all 32 bits of their hash.
        const int Parents = 300_000;
        string[] levels = ["x", "y"];
        var tree = new TopicTree<int>();
        var key = new byte[16];
        for (var pass = 0; pass < 2; pass++)
        {
            for (var index = 0; index < Parents * levels.Length; index++)
            {
                Assert.True(Utf8.TryWrite(key, $"{index / levels.Length}/{levels[index % levels.Length]}", out var length));
                if (pass == 0)
                    tree.GetOrAdd(key.AsSpan(0, length), out _) = index;
                else if (!tree.TryGet(key.AsSpan(0, length), out var value) || value != index)
                    Assert.Fail($"{index} was not found, but {value}");
            }
        }
        Assert.Equal(Parents * levels.Length, tree.Count);
    }
}
