using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Tests.Topics;

/// <summary>Run alone: what other tests allocate would be counted.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TopicTreeMemoryTests(ITestOutputHelper output)
{
    private const int Topics = 100_000;

    /// <summary>The aim is 300 bytes per retained topic beside topic and payload; nodes and buckets need far fewer.</summary>
    [Theory]
    [InlineData("a/b/{0}", 100)]
    [InlineData("dev/{0}/state", 200)]
    [InlineData("dev/{0}/temperature", 200)]
    [InlineData("site-{0}-of-many-sites", 150)]
    public void GetOrAdd_ManyTopics_StaysBelowTheBytesPerTopic(string format, int maximumBytes)
    {
        var value = new object();
        var keys = new byte[Topics][];
        for (var index = 0; index < Topics; index++)
            keys[index] = string.Format(format, index).Utf8();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var tree = new TopicTree<object>();
        foreach (var key in keys)
            tree.GetOrAdd(key, out _) = value;
        var bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Topics;
        GC.KeepAlive(keys);
        GC.KeepAlive(tree);

        output.WriteLine($"{format}: {bytes:F0} bytes per topic");
        Assert.InRange(bytes, 1, maximumBytes);
    }

    [Fact]
    public void Remove_TheLastOfMany_LetsTheMemoryGo()
    {
        var tree = new TopicTree<string>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var key = 0; key < 20_000; key++)
            tree.With($"d/{key}");
        for (var key = 0; key < 20_000; key++)
            tree.Remove($"d/{key}".Utf8(), out _);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100_000);
        Assert.Equal(["again"], tree.With("again").FindSorted("#"));
    }

    [Fact]
    public void GetOrAdd_AfterManyWereRemoved_ReusesTheirMemory()
    {
        var tree = new TopicTree<string>().With("stays");
        long Bytes()
        {
            for (var key = 0; key < 20_000; key++)
                tree.With($"d/{key}");
            for (var key = 0; key < 20_000; key++)
                tree.Remove($"d/{key}".Utf8(), out _);
            return GC.GetTotalMemory(forceFullCollection: true);
        }
        var once = Bytes();
        // 20,000 nodes more would be over a megabyte.
        Assert.InRange(Bytes() - once, long.MinValue, 500_000);
    }
}
