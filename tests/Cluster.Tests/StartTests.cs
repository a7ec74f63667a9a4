using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster.Tests;

/// <summary>Nodes that cannot start, and what they say.</summary>
public sealed class StartTests(Database database)
{
    [Fact]
    public async Task Start_OtherShards_IsRefused()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 0, cores: 1);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => BrokerProcess.StartAsync([.. cluster.SettingsOfItself(), "Broker:Cluster:Shards=32"]));

        Assert.Contains("Broker:Cluster:Shards=64, Broker:Cluster:ShardLevels=2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Broker:Storage:ConnectionString: ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port={0};Username=nobody;Password=not-to-be-seen;Database=postgres", "role \"nobody\" does not exist")]
    [InlineData("Host=127.0.0.1;Port=1;Username=broker;Password=not-to-be-seen;Database=postgres", "Failed to connect to 127.0.0.1:1")]
    [InlineData("Hast=127.0.0.1;Password=not-to-be-seen", "this is not a connection string of PostgreSQL")]
    public async Task Start_MembershipOutOfReach_SaysWhatIsWrong(string connectionString, string message)
    {
        connectionString = string.Format(CultureInfo.InvariantCulture, connectionString, database.Server.Port);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => BrokerProcess.StartAsync("Broker:Storage:Provider=Memory", "Broker:Cluster:Provider=Postgres", $"Broker:Cluster:ConnectionString={connectionString}"));

        Assert.Contains("Broker:Cluster:ConnectionString: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-seen", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortInUse_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var settings = RunningCluster.SettingsOf(await database.Server.CreateSchemaAsync());

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => BrokerProcess.StartAsync([.. settings, $"Broker:Cluster:SiloPort={port}"]));

        Assert.Contains($"Broker:Cluster:SiloPort: other nodes cannot reach this one at 127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MemoryInACluster_WarnsAndServes()
    {
        await using var node = await BrokerProcess.StartAsync(
            "Broker:Storage:Provider=Memory", "Broker:Cluster:Provider=Postgres", $"Broker:Cluster:ConnectionString={await database.Server.CreateSchemaAsync()}");

        Assert.Contains("Broker:Storage:Provider is Memory in a cluster", node.Errors, StringComparison.Ordinal);
        await using var client = await RawClient.ConnectAsync(node.Tcp, MqttVersion.V50);
        await client.PingAsync();
    }

    [Fact]
    public async Task Start_AzureTables_TwoNodesServe()
    {
        await using var server = await AzuriteServer.CreateAsync();
        string[] settings = ["Broker:Storage:Provider=AzureTables", $"Broker:Storage:ConnectionString={server.ConnectionString()}", "Broker:Cluster:Provider=AzureTables"];
        await using var core = await BrokerProcess.StartAsync([.. settings, "Broker:Roles=Core"]);
        await using var gateway = await BrokerProcess.StartAsync([.. settings, "Broker:Roles=Gateway"]);
        while (!gateway.Errors.Contains("nodes=2 cores=1 gateways=1", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);

        await using var client = await RawClient.ConnectAsync(gateway.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "azure", 3600));
        await client.SubscribeAsync("azure/#", 1);
        await client.PublishAsync("azure/t", "there", 1);
        Assert.Equal("there", (await client.ReceiveAsync()).Text);
    }
}
