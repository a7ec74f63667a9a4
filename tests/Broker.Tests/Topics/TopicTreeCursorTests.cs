using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class TopicTreeCursorTests
{
    [Fact]
    public void MoveNext_NoStepsLeft_PausesWhereItIs()
    {
        var tree = new TopicTree<string>().With("a/b", "a/c");
        using var cursor = tree.Find("a/+"u8);
        var steps = 1;
        Assert.Equal(TopicCursorState.Paused, cursor.MoveNext(ref steps, out _));
        Assert.Equal(0, steps);
        steps = 1;
        Assert.Equal(TopicCursorState.Found, cursor.MoveNext(ref steps, out _));
        Assert.Equal(TopicCursorState.Paused, cursor.MoveNext(ref steps, out _));
        steps = 5;
        Assert.Equal(TopicCursorState.Found, cursor.MoveNext(ref steps, out _));
        Assert.Equal(4, steps);
        Assert.Equal(TopicCursorState.Done, cursor.MoveNext(ref steps, out _));
        Assert.Equal(TopicCursorState.Done, cursor.MoveNext(ref steps, out _));
    }

    [Fact]
    public void MoveNext_LiteralFilterInLargeTree_VisitsOnlyItsPath()
    {
        var tree = new TopicTree<string>();
        for (var key = 0; key < 1000; key++)
            tree.With($"dev/{key}/state");
        using var cursor = tree.Find("dev/17/state"u8);
        var steps = 100;
        Assert.Equal(TopicCursorState.Found, cursor.MoveNext(ref steps, out var value));
        Assert.Equal(TopicCursorState.Done, cursor.MoveNext(ref steps, out _));
        Assert.Equal("dev/17/state", value);
        Assert.Equal(96, steps);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void MoveNext_TreeChangesBetweenSlices_FindsWhatStayedExactlyOnce(int seed)
    {
        var random = new RandomTopics(seed);
        for (var round = 0; round < 200; round++)
        {
            var tree = new TopicTree<string>();
            var topics = Enumerable.Range(0, 60).Select(_ => random.Name()).Distinct().ToList();
            tree.With([.. topics]);
            var filter = random.Next(3) == 0 ? "#" : random.Filter();
            var stayed = topics.Where(t => NaiveMatcher.Matches(filter, t)).ToHashSet();
            var everThere = topics.ToHashSet();
            var found = new List<string>();
            using (var cursor = tree.Find(filter.Utf8()))
            {
                var state = TopicCursorState.Paused;
                while (state != TopicCursorState.Done)
                {
                    var steps = 3;
                    while ((state = cursor.MoveNext(ref steps, out var value)) == TopicCursorState.Found)
                    {
                        Assert.True(tree.TryGet(value!.Utf8(), out _));
                        found.Add(value!);
                    }
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
            }
            Assert.Equal(found.Count, found.Distinct().Count());
            Assert.Empty(stayed.Except(found));
            Assert.All(found, topic => Assert.True(everThere.Contains(topic) && NaiveMatcher.Matches(filter, topic)));

            foreach (var topic in everThere)
                tree.Remove(topic.Utf8(), out _);
            Assert.Equal((0, 0), (tree.Count, tree.NodeCount));
        }
    }

    [Fact]
    public void Dispose_LastOfTwoCursors_PrunesWhatWasEmptiedMeanwhile()
    {
        var tree = new TopicTree<string>().With("a/b/c", "d");
        var first = tree.Find("#"u8);
        var second = tree.Find("#"u8);
        tree.Remove("a/b/c"u8, out _);
        Assert.Equal((1, 4), (tree.Count, tree.NodeCount));
        first.Dispose();
        first.Dispose();
        Assert.Equal(4, tree.NodeCount);
        second.Dispose();
        Assert.Equal(1, tree.NodeCount);
    }

    [Fact]
    public void Dispose_VeryManyEmptied_PrunesTheRestWithLaterChanges()
    {
        const int Keys = 3000;
        var tree = new TopicTree<string>();
        for (var key = 0; key < Keys; key++)
            tree.With($"{key}");
        using (tree.Find("#"u8))
        {
            for (var key = 0; key < Keys; key++)
                tree.Remove($"{key}".Utf8(), out _);
            Assert.Equal(Keys, tree.NodeCount);
        }
        Assert.InRange(tree.NodeCount, 1, Keys - 1000);
        // What comes back before its turn must stay.
        tree.With("0", "1", "2");
        for (var change = 0; change < Keys; change++)
            tree.Remove("absent"u8, out _);
        Assert.Equal((3, 3), (tree.Count, tree.NodeCount));
        Assert.Equal(["0", "1", "2"], tree.FindSorted("#"));
    }

    [Fact]
    public void Sweep_InSlices_ShowsEveryValueOncePerRoundAndRemovesTheNamed()
    {
        var tree = new TopicTree<string>();
        for (var key = 0; key < 100; key++)
            tree.With($"{(key % 2 == 0 ? "odd" : "even")}/{key}");
        var seen = new List<string>();
        var sweep = new RemoveOdd(seen);
        var position = 0;
        var slices = 1;
        while (!tree.Sweep(ref position, maximumSteps: 7, ref sweep))
            slices++;

        Assert.Equal((100, 100), (seen.Count, seen.Distinct().Count()));
        Assert.InRange(slices, 14, 16);
        Assert.Equal((50, 51), (tree.Count, tree.NodeCount));
        Assert.All(tree.FindSorted("#"), topic => Assert.StartsWith("even", topic, StringComparison.Ordinal));
        seen.Clear();
        Assert.True(tree.Sweep(ref position, maximumSteps: 1000, ref sweep));
        Assert.Equal(50, seen.Count);
    }

    private readonly struct RemoveOdd(List<string> seen) : ITopicSweep<string>
    {
        public bool ShouldRemove(string value)
        {
            seen.Add(value);
            return value.StartsWith("odd", StringComparison.Ordinal);
        }
    }
}
