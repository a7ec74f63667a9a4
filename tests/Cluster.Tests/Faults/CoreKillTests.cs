namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>kill -9 of cores: the devices, on gateways, do not notice (design section 7).</summary>
public sealed class CoreKillTests(Database database)
{
    [Fact]
    public async Task CoreKilled_UnderLoad_ConnectionsStayAndNothingIsLostDoubledOrOutOfOrder()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);
        await using var load = await SteadyLoad.StartAsync("kill", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        for (var kill = 0; kill < 2; kill++)
        {
            await cluster.KillAsync(cluster.Cores[0]);
            await load.ProgressAsync();
            await cluster.AddCoreAsync();
            await load.ProgressAsync();
        }

        await load.EndAsync();
    }

    [Fact]
    public async Task CoreKilled_ProbesAreFarApart_OthersKnowByRefusedConnections()
    {
        // Three probes that fail are more than a minute and a half: longer than is waited for here.
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2, "Broker:Timing:ProbeTimeout=1m");

        await cluster.KillAsync(cluster.Cores[0]);
        await cluster.SettleAsync();
        await cluster.KillAsync(cluster.Gateways[0]);
        await cluster.SettleAsync();

        // Nobody is left to be asked.
        await cluster.KillAsync(cluster.Gateways[0]);
        await cluster.SettleAsync();
    }

    [Fact]
    public async Task CoreKilled_ClientsThatComeMeanwhile_AreServedOrRefused()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);
        using var stop = new CancellationTokenSource();
        Newcomers[] newcomers = [.. cluster.Gateways.Select(static (gateway, i) => new Newcomers($"new{i}", gateway.Tcp))];
        Task[] coming = [.. newcomers.Select(one => Task.Run(() => one.RunAsync(stop.Token)))];
        await AllServedAsync();

        await cluster.KillAsync(cluster.Cores[0]);

        await AllServedAsync();
        await stop.CancelAsync();
        await Task.WhenAll(coming);
        foreach (var one in newcomers) TestContext.Current.TestOutputHelper?.WriteLine($"{one}");

        async Task AllServedAsync()
        {
            var served = Task.WhenAll(newcomers.Select(static one => one.ServeOneAsync()));
            // One of these only ends by a fault before.
            await await Task.WhenAny([served, .. coming]);
        }
    }

    [Fact]
    public async Task CoreAndGatewayKilled_AtOnce_TheOtherGatewayGoesOn()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);
        await using var load = await SteadyLoad.StartAsync("both", cluster.Gateways[1].Tcp);
        await using var roamers = await Roamers.StartAsync("roam", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        await Task.WhenAll(cluster.KillAsync(cluster.Cores[0]), cluster.KillAsync(cluster.Gateways[0]));

        await load.ProgressAsync();
        await load.EndAsync();
        await roamers.EndAsync();
    }
}
