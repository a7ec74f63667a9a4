using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class TopicTreeMatchTests
{
    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("a", "A", false)]
    [InlineData("a", "a/b", false)]
    [InlineData("a/b", "a", false)]
    [InlineData("a/#", "a", true)]
    [InlineData("a/#", "a/", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "b", false)]
    [InlineData("a/b/#", "a", false)]
    [InlineData("#", "a", true)]
    [InlineData("#", "/", true)]
    [InlineData("+", "a", true)]
    [InlineData("+", "/a", false)]
    [InlineData("+/+", "/a", true)]
    [InlineData("/+", "/a", true)]
    [InlineData("+/", "a/", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a/+", "a/", true)]
    [InlineData("a/+/c", "a//c", true)]
    [InlineData("a/+/c", "a/b/d", false)]
    [InlineData("+/b/#", "a/b", true)]
    [InlineData("+/#", "a", true)]
    [InlineData("a/+/#", "a", false)]
    [InlineData("/", "/", true)]
    [InlineData("//", "/", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("+/#", "$SYS", false)]
    [InlineData("$SYS/#", "$SYS", true)]
    [InlineData("$SYS/+", "$SYS/x", true)]
    [InlineData("a/#", "a/$SYS", true)]
    [InlineData("+/+", "a/$SYS", true)]
    [InlineData("$", "$", true)]
    [InlineData("temperature", "temperaturE", false)]
    [InlineData("exactly8", "exactly8", true)]
    [InlineData("exactly8", "exactly8\u0001", false)]
    [InlineData("a", "a\u0001", false)]
    public void MatchAndFind_RulesOfTheStandard_Agree(string topicFilter, string topicName, bool matches)
    {
        var subscriptions = new TopicTree<string>().With(topicFilter);
        var retained = new TopicTree<string>().With(topicName);

        Assert.Equal(matches ? [topicFilter] : [], subscriptions.MatchSorted(topicName));
        Assert.Equal(matches ? [topicName] : [], retained.FindSorted(topicFilter));
        Assert.Equal(matches, NaiveMatcher.Matches(topicFilter, topicName));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Match_RandomFiltersAddedAndRemoved_AgreesWithNaiveMatcher(int seed)
    {
        var random = new RandomTopics(seed);
        var tree = new TopicTree<string>();
        var filters = new SortedSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 2000; round++)
        {
            var filter = random.Filter();
            if (random.Next(3) == 0)
                Assert.Equal(filters.Remove(filter), tree.Remove(filter.Utf8(), out _));
            else if (filters.Add(filter))
                tree.With(filter);

            Assert.Equal(filters.Count, tree.Count);
            var topic = random.Name();
            Assert.Equal(filters.Where(f => NaiveMatcher.Matches(f, topic)), tree.MatchSorted(topic));
        }
        foreach (var filter in filters)
            Assert.True(tree.Remove(filter.Utf8(), out _));
        Assert.Equal((0, 0), (tree.Count, tree.NodeCount));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Find_RandomTopicsAddedAndRemoved_AgreesWithNaiveMatcher(int seed)
    {
        var random = new RandomTopics(seed);
        var tree = new TopicTree<string>();
        var topics = new SortedSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 2000; round++)
        {
            var topic = random.Name();
            if (random.Next(3) == 0)
                Assert.Equal(topics.Remove(topic), tree.Remove(topic.Utf8(), out _));
            else if (topics.Add(topic))
                tree.With(topic);

            var filter = random.Filter();
            using var cursor = tree.Find(filter.Utf8());
            var found = cursor.Rest(stepsPerSlice: 1 + random.Next(10));
            found.Sort(StringComparer.Ordinal);
            Assert.Equal(topics.Where(t => NaiveMatcher.Matches(filter, t)), found);
        }
        foreach (var topic in topics)
            Assert.True(tree.Remove(topic.Utf8(), out _));
        Assert.Equal((0, 0), (tree.Count, tree.NodeCount));
    }

    [Fact]
    public void Match_OnlyWildcards_AllocatesNothing()
    {
        var tree = new TopicTree<string>().With("#", "+/+/+", "a/+/c", "a/b/c", "a/#", "+/b/#", "a/long-level-name/c");
        var topic = "a/b/c".Utf8();
        var matches = new List<string>(16);
        tree.Match(topic, matches);
        Assert.Equal(6, matches.Count);
        matches.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        tree.Match(topic, matches);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(32_000)]
    public void MatchAndFind_VeryManyLevels_NeedNoDeepStack(int levels)
    {
        var topic = string.Join('/', Enumerable.Repeat("a", levels));
        var plus = string.Join('/', Enumerable.Repeat("+", levels));
        var parent = topic + "/#";
        var subscriptions = new TopicTree<string>().With(topic, plus, parent, "#", "a/a");
        var retained = new TopicTree<string>().With(topic, "a/b");

        Assert.Equal(["#", plus, topic, parent], subscriptions.MatchSorted(topic));
        Assert.Equal([topic], retained.FindSorted(plus));
        Assert.Equal([topic, "a/b"], retained.FindSorted("#"));
    }

    [Fact]
    public void Match_WildcardBesideLiteralInEveryLevel_FollowsEveryBranch()
    {
        // 40 filters with '+' in one level each: at every level of the topic a branch waits, more than the stack's first 16.
        const int Levels = 40;
        var topic = Enumerable.Repeat("a", Levels).ToArray();
        var filters = Enumerable.Range(0, Levels)
            .Select(level => string.Join('/', topic[..level].Append("+").Concat(topic[(level + 1)..])))
            .ToArray();
        var tree = new TopicTree<string>().With(filters);

        Assert.Equal(filters.Order(StringComparer.Ordinal), tree.MatchSorted(string.Join('/', topic)));
    }
}
