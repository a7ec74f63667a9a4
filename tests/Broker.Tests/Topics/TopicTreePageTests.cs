using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class TopicTreePageTests
{
    private static readonly Comparer<string> ByBytes = Comparer<string>.Create(static (left, right) => left.Utf8().AsSpan().SequenceCompareTo(right.Utf8()));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void FindFirst_RandomKeys_PagesAreTheSortedMatches(int seed)
    {
        var random = new RandomTopics(seed);
        for (var round = 0; round < 200; round++)
        {
            string[] keys = [.. Enumerable.Range(0, 60).Select(_ => random.Name()).Distinct()];
            var tree = new TopicTree<string>().With(keys);
            var filter = random.Next(4) switch { 0 => "#", 1 => "", _ => random.Filter() };
            var limit = 1 + random.Next(8);

            var found = new List<string>();
            for (var more = true; more;)
            {
                var page = Run(tree.FindFirst(filter.Utf8(), found.Count == 0 ? [] : found[^1].Utf8(), includesAfter: false, limit, static _ => true), stepsPerSlice: 5);
                more = page.Count == limit;
                found.AddRange(page);
            }

            Assert.Equal(keys.Where(key => filter.Length == 0 || NaiveMatcher.Matches(filter, key)).Order(ByBytes), found);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Advance_TreeChangesBetweenSlices_WhatStayedIsThereOnceAndInOrder(int seed)
    {
        var random = new RandomTopics(seed);
        for (var round = 0; round < 200; round++)
        {
            var tree = new TopicTree<string>();
            var topics = Enumerable.Range(0, 60).Select(_ => random.Name()).Distinct().ToList();
            tree.With([.. topics]);
            var stayed = topics.ToHashSet();
            var everThere = topics.ToHashSet();
            using var page = tree.FindFirst(default, default, includesAfter: false, limit: 20, static _ => true);
            for (var steps = 3; !page.Advance(ref steps); steps = 3)
            {
                var topic = random.Name();
                if (random.Next(2) == 0)
                {
                    tree.Remove(topic.Utf8(), out _);
                    stayed.Remove(topic);
                }
                else
                {
                    tree.With(topic);
                    everThere.Add(topic);
                }
            }

            var found = page.Take().ConvertAll(static each => each.Value);
            Assert.Equal(found.Distinct().Order(ByBytes), found);
            Assert.Empty(found.Except(everThere));
            // Whatever came and went, nothing that stayed is missing among those before the last one found.
            Assert.Empty(stayed.Where(topic => found.Count < 20 || ByBytes.Compare(topic, found[^1]) <= 0).Except(found));

            foreach (var topic in everThere)
                tree.Remove(topic.Utf8(), out _);
            Assert.Equal((0, 0), (tree.Count, tree.NodeCount));
        }
    }

    [Fact]
    public void FindFirst_SeparatorAgainstSmallerBytes_IsByBytesAndNotByLevels()
    {
        var tree = new TopicTree<string>().With("a/b", "a!", "a", "a/", "a0", "/a", "$x", "\U0001F600", "\uFFFD");
        Assert.Equal(["$x", "/a", "a", "a!", "a/", "a/b", "a0", "\uFFFD", "\U0001F600"], Run(tree.FindFirst(default, default, false, 100, static _ => true)));
        Assert.Equal(["/a", "a"], Run(tree.FindFirst("#"u8, default, false, 2, static _ => true)));
        Assert.Equal(["a/", "a/b"], Run(tree.FindFirst("#"u8, "a!"u8, false, 2, static _ => true)));
        Assert.Equal(["a!", "a/"], Run(tree.FindFirst("#"u8, "a!"u8, true, 2, static _ => true)));
    }

    [Fact]
    public void FindFirst_ValuesThatAreNotWanted_DoNotTakeTheirPlaces()
    {
        var tree = new TopicTree<string>().With("a", "b", "c", "d");
        Assert.Equal(["b", "d"], Run(tree.FindFirst(default, default, false, 2, static value => value is "b" or "d")));
    }

    [Fact]
    public void Advance_DeepBranchesBeforeThePlace_AreNotEntered()
    {
        var tree = new TopicTree<string>();
        for (var device = 100; device < 200; device++)
        {
            for (var value = 0; value < 100; value++) tree.With($"dev/{device}/{value:D2}");
        }

        using var page = tree.FindFirst("#"u8, "dev/150/99"u8, false, 10, static _ => true);
        var steps = int.MaxValue;
        Assert.True(page.Advance(ref steps));
        Assert.Equal("dev/151/00", page.Take()[0].Value);
        // The level of devices once, and not all that is below it: siblings are met newest first here, so each device behind the place is entered until a better one is known.
        Assert.InRange(int.MaxValue - steps, 101, 6_000);
    }

    [Fact]
    public void Dispose_NotAtItsEnd_LetsEmptiedNodesGo()
    {
        var tree = new TopicTree<string>().With("a/b/c", "d");
        var page = tree.FindFirst(default, default, false, 10, static _ => true);
        tree.Remove("a/b/c"u8, out _);
        Assert.Equal(4, tree.NodeCount);
        page.Dispose();
        page.Dispose();
        Assert.Equal(1, tree.NodeCount);
    }

    [Fact]
    public void FindFirst_LongLevels_KeysAreWhole()
    {
        string[] keys = [new('x', 16), new('x', 17), $"{new string('y', 400)}/{new string('z', 9)}", $"{new string('y', 400)}/{new string('z', 600)}/a"];
        var tree = new TopicTree<string>().With(keys);
        using var page = tree.FindFirst(default, default, false, 10, static _ => true);
        var steps = 100;
        Assert.True(page.Advance(ref steps));
        Assert.Equal(keys.Order(ByBytes), page.Take().Select(static each => System.Text.Encoding.UTF8.GetString(each.Key)));
    }

    private static List<string> Run(TopicTree<string>.Page page, int stepsPerSlice = 1_000)
    {
        var steps = stepsPerSlice;
        while (!page.Advance(ref steps)) steps = stepsPerSlice;
        return page.Take().ConvertAll(static each => each.Value);
    }
}
