using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

public sealed class MatchCacheTests
{
    [Fact]
    public void TryGet_AfterAdd_GivesTheMatchAndAllocatesNothing()
    {
        var cache = new MatchCache<string>(maximumEntries: 10, maximumWeight: 1000);
        Assert.False(cache.TryGet("a/b"u8, out _));
        cache.Add("a/b"u8, cache.Generation, "match", weight: 1);

        Assert.True(cache.TryGet("a/b"u8, out var match));
        Assert.Equal("match", match);
        Assert.False(cache.TryGet("a/c"u8, out _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        cache.TryGet("a/b"u8, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Invalidate_EntriesOfBefore_AreNotGivenOutAndCanBeReplaced()
    {
        var cache = new MatchCache<string>(maximumEntries: 10, maximumWeight: 1000);
        cache.Add("a"u8, cache.Generation, "old", weight: 3);
        cache.Invalidate();
        Assert.False(cache.TryGet("a"u8, out _));

        cache.Add("a"u8, cache.Generation, "new", weight: 5);
        Assert.True(cache.TryGet("a"u8, out var match));
        Assert.Equal("new", match);
        Assert.Equal((1, 5), (cache.Count, cache.Weight));
    }

    [Fact]
    public void Add_MatchBegunInAnEndedGeneration_IsIgnored()
    {
        var cache = new MatchCache<string>(maximumEntries: 10, maximumWeight: 1000);
        var begun = cache.Generation;
        cache.Invalidate();
        cache.Add("a"u8, begun, "late", weight: 1);
        Assert.False(cache.TryGet("a"u8, out _));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Add_BeyondMaximumEntries_DropsWhatWasNotUsed()
    {
        const int Maximum = 100;
        var cache = new MatchCache<int>(Maximum, maximumWeight: 1000);
        for (var topic = 0; topic < 1000; topic++)
        {
            cache.Add($"{topic}".Utf8(), cache.Generation, topic, weight: 1);
            Assert.True(cache.TryGet("0"u8, out _));
            Assert.InRange(cache.Count, 1, Maximum);
        }
        Assert.Equal(Maximum, cache.Count);
        var held = Enumerable.Range(0, 1000).Where(topic => cache.TryGet($"{topic}".Utf8(), out var match) && match == topic);
        Assert.Equal(Maximum, held.Count());
    }

    [Fact]
    public void Add_BeyondMaximumWeight_DropsUntilItFits()
    {
        var cache = new MatchCache<string>(maximumEntries: 100, maximumWeight: 80);
        for (var topic = 0; topic < 50; topic++)
            cache.Add($"light/{topic}".Utf8(), cache.Generation, "light", weight: 1);
        for (var topic = 0; topic < 20; topic++)
        {
            cache.Add($"heavy/{topic}".Utf8(), cache.Generation, "heavy", weight: 10);
            Assert.InRange(cache.Weight, 1, 80);
            Assert.True(cache.TryGet($"heavy/{topic}".Utf8(), out _));
        }
        Assert.Equal((8, 80), (cache.Count, cache.Weight));
    }

    [Fact]
    public void Add_TooHeavyOrTooLong_IsNotCached()
    {
        var cache = new MatchCache<string>(maximumEntries: 100, maximumWeight: 80);
        cache.Add("a"u8, cache.Generation, "heavy", weight: 11);
        cache.Add(new byte[MatchCache<string>.MaximumTopicBytes + 1], cache.Generation, "long", weight: 1);
        Assert.Equal(0, cache.Count);
        cache.Add(new byte[MatchCache<string>.MaximumTopicBytes], cache.Generation, "fits", weight: 10);
        Assert.Equal(1, cache.Count);
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public void TryGet_RandomUse_NeverGivesAnotherTopicsOrAnOldMatch(int seed)
    {
        var random = new Random(seed);
        var cache = new MatchCache<string>(maximumEntries: 50, maximumWeight: 400);
        var added = new Dictionary<string, string>();
        var hits = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var topic = $"topic/{random.Next(120)}";
            switch (random.Next(200))
            {
                case 0:
                    cache.Invalidate();
                    added.Clear();
                    break;
                case < 60:
                    added[topic] = $"{round}";
                    cache.Add(topic.Utf8(), cache.Generation, added[topic], weight: random.Next(20));
                    break;
                default:
                    if (cache.TryGet(topic.Utf8(), out var match))
                    {
                        hits++;
                        Assert.Equal(added[topic], match);
                    }
                    break;
            }
            Assert.InRange(cache.Count, 0, 50);
            Assert.InRange(cache.Weight, 0, 400);
        }
        Assert.InRange(hits, 1000, int.MaxValue);
    }
}
