using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class TopicShardTests
{
    private const int Levels = 2;
    private const int Shards = 64;

    // A stored contract: shards of topics in clusters that exist. A change here loses their retained messages.
    [Theory]
    [InlineData("a", 27)]
    [InlineData("a/b", 46)]
    [InlineData("/a/b", 40)]
    [InlineData("/", 42)]
    [InlineData("//", 39)]
    [InlineData("dev/17/state", 41)]
    [InlineData("$SYS/broker/uptime", 27)]
    [InlineData("ü/日本", 9)]
    public void OfTopic_GoldenTopics_StayInTheirShards(string topicName, int shard) =>
        Assert.Equal(shard, TopicShard.OfTopic(topicName.Utf8(), Levels, Shards));

    [Theory]
    [InlineData("a/b", "a/b/c")]
    [InlineData("a/b", "a/b/")]
    [InlineData("/a/b", "/a/b/c/d")]
    [InlineData("//", "///")]
    [InlineData("//b", "//b/c")]
    public void OfTopic_SameFirstLevels_IsTheSameShard(string one, string other)
    {
        const int ManyShards = int.MaxValue;
        Assert.Equal(TopicShard.OfTopic(one.Utf8(), Levels, ManyShards), TopicShard.OfTopic(other.Utf8(), Levels, ManyShards));
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "a/c")]
    [InlineData("a/b", "/a/b")]
    [InlineData("/a/b", "/a/c")]
    [InlineData("/", "//")]
    public void OfTopic_OtherFirstLevels_IsAnotherHash(string one, string other)
    {
        const int ManyShards = int.MaxValue;
        Assert.NotEqual(TopicShard.OfTopic(one.Utf8(), Levels, ManyShards), TopicShard.OfTopic(other.Utf8(), Levels, ManyShards));
    }

    [Theory]
    [InlineData("a/b/#", "a/b")]
    [InlineData("a/b/+/d", "a/b/c/d")]
    [InlineData("/a/b/#", "/a/b")]
    [InlineData("a", "a")]
    [InlineData("/", "/")]
    [InlineData("a//#", "a/")]
    public void TryOfFilter_FirstLevelsLiteral_IsOneShard(string topicFilter, string topicName)
    {
        Assert.True(TopicShard.TryOfFilter(topicFilter.Utf8(), Levels, Shards, out var shard));
        Assert.Equal(TopicShard.OfTopic(topicName.Utf8(), Levels, Shards), shard);
    }

    [Theory]
    [InlineData("#")]
    [InlineData("+")]
    [InlineData("a/#")]
    [InlineData("a/+")]
    [InlineData("a/+/c")]
    [InlineData("/a/#")]
    [InlineData("/#")]
    [InlineData("+/b/c")]
    [InlineData("//#")]
    [InlineData("$SYS/#")]
    public void TryOfFilter_WildcardAmongFirstLevels_IsAllShards(string topicFilter) =>
        Assert.False(TopicShard.TryOfFilter(topicFilter.Utf8(), Levels, Shards, out _));

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public void TryOfFilter_RandomFilterThatMatches_IsInTheTopicsShardOrInAll(int seed)
    {
        var random = new RandomTopics(seed);
        var inOne = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var topic = random.Name();
            var filter = random.FilterNear(topic);
            if (!NaiveMatcher.Matches(filter, topic))
                continue;
            var (levels, shards) = (1 + random.Next(4), 1 + random.Next(1000));
            if (!TopicShard.TryOfFilter(filter.Utf8(), levels, shards, out var shard))
                continue;
            inOne++;
            Assert.True(
                TopicShard.OfTopic(topic.Utf8(), levels, shards) == shard,
                $"'{filter}' matches '{topic}' with K={levels}, P={shards} (seed {seed})");
        }
        Assert.InRange(inOne, 5000, int.MaxValue);
    }

    [Fact]
    public void OfTopic_ManyDevices_SpreadOverAllShards()
    {
        var counts = new int[Shards];
        for (var device = 0; device < 64_000; device++)
            counts[TopicShard.OfTopic($"dev/{device}/state".Utf8(), Levels, Shards)]++;
        // 1,000 expected in each, deviation 31.
        Assert.All(counts, count => Assert.InRange(count, 800, 1200));
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(2, 0)]
    public void OfTopic_LevelsOrShardsNotPositive_IsRefused(int levels, int shards) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TopicShard.OfTopic("a"u8, levels, shards));
}
