namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>Cores that come and go in an orderly way, under load.</summary>
public sealed class ScaleTests(Database database)
{
    [Fact]
    public async Task SecondCore_ComesUnderLoad_NothingIsLostDoubledOrOutOfOrder()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 1);
        await using var load = await SteadyLoad.StartAsync("grows", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        await cluster.AddCoreAsync();
        await cluster.SettleAsync();
        await load.ProgressAsync();

        await load.EndAsync();
    }

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
