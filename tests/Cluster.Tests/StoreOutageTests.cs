using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster.Tests;

/// <summary>The store, and the membership table with it, is out of reach for longer than a gateway goes without a lease (invariant B15).</summary>
public sealed class StoreOutageTests
{
    private const byte ServerBusy = 0x89;
    private const string SelfFence = "Broker:Timing:SelfFence=2s";

    [Fact]
    public async Task StoreIsGone_GatewayReachesItsCore_KeepsConnectionsUntilThatIsGoneToo()
    {
        await using var server = await PostgresServer.CreateAsync();
        await using var cluster = await RunningCluster.StartAsync(server, gateways: 1, cores: 1, SelfFence);
        await using var client = await RawClient.ConnectAsync(cluster.Gateways[0].Tcp, MqttVersion.V50);
        await client.SubscribeAsync("outage/#", 0);

        await server.StopAsync();
        // Far beyond SelfFence the connection is there, and QoS 0 goes on.
        await client.ExpectNothingAsync(TimeSpan.FromSeconds(8));
        await client.PublishAsync("outage/t", "goes on", 0);
        Assert.Equal("goes on", (await client.ReceiveAsync()).Text);
        Assert.DoesNotContain("reached neither", cluster.Gateways[0].Errors, StringComparison.Ordinal);

        await cluster.KillAsync(cluster.Cores[0]);
        await client.ExpectDisconnectAsync(ServerBusy);
        await server.StartAsync();
    }
}
