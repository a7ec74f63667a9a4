using System.Net;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests;

/// <summary>Nodes that are stopped, and that come, while others serve (ADR 0021).</summary>
public sealed class DrainTests(Database database)
{
    private const int Clients = 300;
    private const byte UseAnotherServer = 0x9C;
    private const byte ServerShuttingDown = 0x8B;

    [Fact]
    public async Task CoreStops_ClientsStayConnectedAndNothingAcknowledgedIsLost()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 1, cores: 2);
        await using var clients = await ConnectedClients.ConnectAsync(cluster.Gateways[0].Tcp, Clients);
        var publishing = clients.PublishUntilAsync(out var stop);

        Assert.Equal(0, await cluster.StopAsync(cluster.Cores[0]));
        await cluster.SettleAsync();
        await stop();

        await clients.AssertReceivedAsync(await publishing);
    }

    [Fact]
    public async Task CoreComes_GetsSessionsAndTheirClientsStayConnectedInOrder()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 1, cores: 1);
        await using var clients = await ConnectedClients.ConnectAsync(cluster.Gateways[0].Tcp, Clients);
        var publishing = clients.PublishUntilAsync(out var stop);
        var first = cluster.Cores[0];

        await cluster.AddCoreAsync();
        await cluster.SettleAsync();
        await stop();
        await clients.AssertReceivedAsync(await publishing);

        // What the second has, it has by itself: without the first it goes on at once.
        await cluster.KillAsync(first);
        await clients.AssertReceivedAsync(await clients.PublishOnceAsync());
    }

    [Fact]
    public async Task GatewayStops_ClientsAreSentToTheOther()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 1);
        var request = ConnectRequest.Persistent(MqttVersion.V50, "sent-elsewhere", 3600);
        await using var modern = await RawClient.ConnectAsync(cluster.Gateways[0].Tcp, request);
        await modern.SubscribeAsync("elsewhere/#", 1);
        await using var older = await RawClient.ConnectAsync(cluster.Gateways[0].Tcp, MqttVersion.V311);
        await using var other = await RawClient.ConnectAsync(cluster.Gateways[1].Tcp, MqttVersion.V50);

        Assert.Equal(0, await cluster.StopAsync(cluster.Gateways[0]));

        await modern.ExpectDisconnectAsync(UseAnotherServer);
        Assert.Null(await older.ExpectClosedAsync());
        await other.PublishAsync("elsewhere/t", "meanwhile", 1);
        var (again, connAck) = await RawClient.ConnectWithAckAsync(cluster.Gateways[0].Tcp, request);
        await using (again)
        {
            Assert.True(connAck.SessionPresent);
            Assert.Equal("meanwhile", (await again.ReceiveAsync()).Text);
        }

        // There is no other one now.
        Assert.Equal(0, await cluster.StopAsync(cluster.Gateways[0]));
        await other.ExpectDisconnectAsync(ServerShuttingDown);
    }

    [Fact]
    public async Task CoreStops_IsNotReadyWhileItDrains()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 1, cores: 2);
        await using var clients = await ConnectedClients.ConnectAsync(cluster.Gateways[0].Tcp, Clients);
        var core = cluster.Cores[0];
        using var http = new HttpClient { BaseAddress = new Uri($"http://{core.Http!.Host}:{core.Http.PortText}") };
        using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        var stopping = cluster.StopAsync(core);
        var seen = HttpStatusCode.OK;
        while (seen == HttpStatusCode.OK)
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            seen = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, seen);
        Assert.Equal(0, await stopping);
    }
}
