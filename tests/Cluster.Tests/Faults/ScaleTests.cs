using System.Text.RegularExpressions;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>Cores that come and go in an orderly way, under load.</summary>
public sealed partial class ScaleTests(Database database)
{
    private const int Shards = 64;

    [Fact]
    public async Task SecondCore_ComesUnderLoad_HasItsShareAndNothingIsLostDoubledOrOutOfOrder()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 1);
        await using var load = await SteadyLoad.StartAsync("grows", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);
        var first = cluster.Cores[0];

        var second = await cluster.AddCoreAsync();
        await cluster.SettleAsync();
        var (sessions, shards) = (await RunningCluster.NumberAsync(first, SessionsMoved()), await RunningCluster.NumberAsync(first, ShardsMoved()));
        await load.ProgressAsync();

        // What it says itself that it had, when it goes: all that went there, and perhaps what was slow to go.
        Assert.Equal(0, await cluster.StopAsync(second));
        AssertHalf(load.Sessions, sessions, await RunningCluster.NumberAsync(second, SessionsDrained()));
        AssertHalf(Shards, shards, await RunningCluster.NumberAsync(second, ShardsDrained()));
        await load.ProgressAsync();
        await load.EndAsync();
    }

    /// <summary>As by as many throws of a coin: within four deviations.</summary>
    private static void AssertHalf(int all, int moved, int had)
    {
        var deviation = Math.Sqrt(all) / 2;
        Assert.InRange(had, (all / 2.0) - (4 * deviation), (all / 2.0) + (4 * deviation));
        Assert.InRange(moved, 1, had);
    }

    [GeneratedRegex("share of sessions: moved=([0-9]+)")]
    private static partial Regex SessionsMoved();

    [GeneratedRegex("share of shards: moved=([0-9]+)")]
    private static partial Regex ShardsMoved();

    [GeneratedRegex("Draining: sessions=([0-9]+)")]
    private static partial Regex SessionsDrained();

    [GeneratedRegex("Draining: shards=([0-9]+)")]
    private static partial Regex ShardsDrained();

    [Fact]
    public async Task Cores_RestartedOneAfterTheOther_ConnectionsStayAndNothingIsLostDoubledOrOutOfOrder()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);
        await using var load = await SteadyLoad.StartAsync("rolls", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        foreach (var core in cluster.Cores.ToArray())
        {
            Assert.Equal(0, await cluster.StopAsync(core));
            await load.ProgressAsync();
            await cluster.AddCoreAsync();
            await cluster.SettleAsync();
            await load.ProgressAsync();
        }

        await load.EndAsync();
    }
}
