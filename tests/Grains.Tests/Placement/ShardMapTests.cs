using System.Net;
using OrleansBroker.Grains.Placement;

namespace OrleansBroker.Grains.Tests.Placement;

public sealed class ShardMapTests
{
    private const int Shards = 4_096;

    /// <summary>Nodes of different versions must agree: these never change.</summary>
    [Fact]
    public void Choose_ThreeCores_IsAsItWasInEveryVersion() => Assert.Equal(
        "1120212221201021220021101111212220102020122222220121000221111201",
        string.Concat(Enumerable.Range(0, 64).Select(static shard => Choose(shard, Cores(3)).Endpoint.Port % 10)));

    [Fact]
    public void Choose_NoCores_IsNone() => Assert.Null(ShardMap.Choose(1, []));

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public void Choose_ManyShards_SpreadEvenly(int cores)
    {
        var counts = Owners(Cores(cores)).CountBy(static owner => owner).ToDictionary();

        Assert.Equal(cores, counts.Count);
        // Four deviations of a share that chance gives.
        var share = (double)Shards / cores;
        Assert.All(counts.Values, count => Assert.InRange(count, share - (4 * Math.Sqrt(share)), share + (4 * Math.Sqrt(share))));
    }

    [Fact]
    public void Choose_OrderOfCores_DoesNotMatter() => Assert.Equal(Owners(Cores(5)), Owners([.. Cores(5).Reverse()]));

    [Fact]
    public void Choose_CoreComes_TakesItsShareAndMovesNothingElse()
    {
        var cores = Cores(5);
        var before = Owners(cores[..4]);
        var after = Owners(cores);

        var moved = before.Zip(after).Where(static pair => !pair.First.Equals(pair.Second)).ToList();
        Assert.All(moved, pair => Assert.Equal(cores[4], pair.Second));
        Assert.InRange(moved.Count, Shards / 5 / 2, Shards / 5 * 2);
        // From every other.
        Assert.Equal(4, moved.Select(static pair => pair.First).Distinct().Count());
    }

    [Fact]
    public void Choose_CoreGoes_MovesItsShardsAlone()
    {
        var cores = Cores(5);
        var before = Owners(cores);
        var after = Owners(cores[..4]);

        Assert.All(before.Zip(after).Where(static pair => !pair.First.Equals(pair.Second)), pair => Assert.Equal(cores[4], pair.First));
    }

    [Fact]
    public void Choose_CoreRestarted_HasItsShardsAgainAndTheLaterLifeCounts()
    {
        var cores = Cores(3);
        var restarted = SiloAddress.New(cores[1].Endpoint, cores[1].Generation + 1);

        Assert.Equal(Owners(cores).Select(static owner => owner.Endpoint), Owners([cores[0], restarted, cores[2]]).Select(static owner => owner.Endpoint));
        Assert.DoesNotContain(cores[1], Owners([.. cores, restarted]));
        Assert.DoesNotContain(cores[1], Owners([restarted, .. cores]));
    }

    private static SiloAddress[] Cores(int count) => [.. Enumerable.Range(0, count).Select(static i => SiloAddress.New(IPAddress.Parse($"10.0.0.{i + 1}"), 11_110 + i, 7))];

    private static SiloAddress Choose(int shard, SiloAddress[] cores) => ShardMap.Choose(shard, cores)!;

    private static SiloAddress[] Owners(SiloAddress[] cores) => [.. Enumerable.Range(0, Shards).Select(shard => Choose(shard, cores))];
}
