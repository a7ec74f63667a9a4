using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Servers;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>A store that no node can reach for a while (design sections 7 and 10).</summary>
public sealed class StoreOutageTests(Database database)
{
    [Fact]
    public async Task StoreOutOfReach_UnderLoad_QoS0GoesOnAndTheRestWaitsOrIsRefused()
    {
        await using var proxy = new TcpProxy(database.Server.Port);
        await using var cluster = await RunningCluster.StartAsync(
            await database.Server.CreateSchemaAsync(proxy.Port), gateways: 2, cores: 2, "Broker:Timing:StoreWait=2s");
        await using var load = await SteadyLoad.StartAsync("outage", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        proxy.Cut();
        // Every publisher whose messages must be stored has waited too long for one at least.
        while (!load.Publishers.All(static publisher => publisher.QoS == 0 || publisher.Refused.Length > 0))
        {
            await load.ProgressAsync(static publisher => publisher.QoS == 0);
        }

        proxy.Restore();
        await load.ProgressAsync();
        await load.EndAsync();
    }

    [Fact]
    public async Task StoreOutOfReach_AllCoresKilledMeanwhile_WhatWasAcknowledgedIsThere()
    {
        await using var proxy = new TcpProxy(database.Server.Port);
        await using var cluster = await RunningCluster.StartAsync(
            await database.Server.CreateSchemaAsync(proxy.Port), gateways: 1, cores: 2, "Broker:Timing:StoreWait=2s");
        var gateway = cluster.Gateways[0].Tcp;
        var away = ConnectRequest.Persistent(MqttVersion.V50, "away", 3600);
        await using (var client = await RawClient.ConnectAsync(gateway, away))
        {
            await client.SubscribeAsync("stored/#", 1);
            await client.DisconnectAsync();
        }

        await using var publisher = await RawClient.ConnectAsync(gateway, MqttVersion.V50);
        for (var i = 0; i < 20; i++) await publisher.PublishAsync($"stored/{i}", $"{i}", 1);
        proxy.Cut();
        for (var i = 20; i < 40; i++) await publisher.SendAsync(Packet.Publish(MqttVersion.V50, $"stored/{i}", System.Text.Encoding.ASCII.GetBytes($"{i}"), 1, 1000 + i));
        for (var i = 20; i < 40; i++) Assert.Equal(Reason.QuotaExceeded, (await publisher.ExpectAnswerAsync(PacketType.PubAck)).ToAck(MqttVersion.V50).ReasonCode);
        await Task.WhenAll(cluster.Cores.ToArray().Select(cluster.KillAsync));
        proxy.Restore();
        await cluster.AddCoreAsync();
        await cluster.SettleAsync();

        var (again, connAck) = await RawClient.ConnectWithAckAsync(gateway, away);
        await using (again)
        {
            Assert.True(connAck.SessionPresent);
            HashSet<string> missing = [.. Enumerable.Range(0, 20).Select(static i => $"{i}")];
            // What was refused may have been stored.
            while (missing.Count > 0) missing.Remove((await again.ReceiveAsync()).Text);
        }
    }
}
