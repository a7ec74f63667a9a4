using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests;

/// <summary>A gateway whose cores are not there yet, are there, and are others.</summary>
public sealed class CoresComeAndGoTests(Database database)
{
    [Fact]
    public async Task Connect_NoCore_IsRefusedUntilThereIsOne()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 1, cores: 0);
        var gateway = cluster.Gateways[0].Tcp;
        await AssertRefusedAsync(gateway, MqttVersion.V50, "CONNACK refuses with 0x88");
        await AssertRefusedAsync(gateway, MqttVersion.V311, "CONNACK refuses with 0x03");

        await cluster.AddCoreAsync();
        await cluster.SettleAsync();

        await AssertServesAsync(gateway, "first");

        // Who has seen a core, and sees none any more.
        Assert.Equal(0, await cluster.StopAsync(cluster.Cores[0]));
        await cluster.SettleAsync();
        await AssertRefusedAsync(gateway, MqttVersion.V50, "CONNACK refuses with 0x88");
        await AssertRefusedAsync(gateway, MqttVersion.V311, "CONNACK refuses with 0x03");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CoreComes_TheOtherGoes_NewClientsAreServedAndWhatWasStoredIsThere(bool isKilled)
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 1, cores: 1);
        var gateway = cluster.Gateways[0].Tcp;
        var request = ConnectRequest.Persistent(MqttVersion.V50, "durable", 3600);
        await using (var client = await RawClient.ConnectAsync(gateway, request))
        {
            await client.SubscribeAsync("cmd/#", 1);
            await client.DisconnectAsync();
        }

        await AssertServesAsync(gateway, "before");
        var first = cluster.Cores[0];
        await cluster.AddCoreAsync();
        await cluster.SettleAsync();
        await AssertServesAsync(gateway, "both");
        await using (var publisher = await RawClient.ConnectAsync(gateway, MqttVersion.V50)) await publisher.PublishAsync("cmd/7", "stored", 1, retain: true);

        if (isKilled) await cluster.KillAsync(first);
        else Assert.Equal(0, await cluster.StopAsync(first));
        await cluster.SettleAsync();

        await AssertServesAsync(gateway, "after");
        var (again, connAck) = await RawClient.ConnectWithAckAsync(gateway, request);
        await using (again)
        {
            Assert.True(connAck.SessionPresent);
            Assert.Equal("stored", (await again.ReceiveAsync()).Text);
            await again.SubscribeAsync("cmd/7", 1);
            Assert.True((await again.ReceiveAsync()).Retain);
        }
    }

    private static async Task AssertRefusedAsync(Endpoint gateway, MqttVersion version, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<UnexpectedFrameException>(() => RawClient.ConnectAsync(gateway, version))).Message);

    /// <summary>Sessions and shards enough to be on every core.</summary>
    private static async Task AssertServesAsync(Endpoint gateway, string name)
    {
        for (var i = 0; i < 10; i++)
        {
            await using var client = await RawClient.ConnectAsync(gateway, new ConnectRequest(MqttVersion.V50, $"{name}{i}"));
            await client.SubscribeAsync($"{name}/{i}/t", 1);
            await client.PublishAsync($"{name}/{i}/t", name, 1);
            Assert.Equal(name, (await client.ReceiveAsync()).Text);
            await client.DisconnectAsync();
        }
    }
}
