using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>Nodes that run on, and reach neither the others nor the store (design section 7, invariants B1 and B15).</summary>
public sealed class CutLinkTests(Database database)
{
    [Fact]
    public async Task GatewayCutOff_ItsConnections_AreClosedAndTheirSessionsGoOnElsewhere()
    {
        await using var machines = await SeparateMachines.CreateAsync(database.Server);
        await using var cluster = await RunningCluster.StartAsync(database.Server, machines, gateways: 2, cores: 1, "Broker:Timing:SelfFence=3s");
        var (cut, other) = (cluster.Gateways[0], cluster.Gateways[1]);
        await using var load = await SteadyLoad.StartAsync("uncut", other.Tcp);
        await using var witness = await RawClient.ConnectAsync(other.Tcp, MqttVersion.V50);
        await witness.SubscribeAsync("wills/of/cut", 1);
        var request = ConnectRequest.Persistent(MqttVersion.V50, "cut", 3600) with { Will = new WillRequest("wills/of/cut", Encoding.ASCII.GetBytes("gone")) { QoS = 1 } };
        var client = await RawClient.ConnectAsync(cut.Tcp, request);
        await client.SubscribeAsync("cut/t", 1);

        await cluster.CutAsync(cut);
        // It answers as long as it has the connection.
        await client.PingAsync();
        Assert.Equal(Reason.ServerBusy, (await client.ExpectClosedAsync(TimeSpan.FromMinutes(1)))?.ReasonCode);
        Assert.Equal("CONNACK refuses with 0x88", (await Assert.ThrowsAsync<UnexpectedFrameException>(() => RawClient.ConnectAsync(cut.Tcp, MqttVersion.V50))).Message);
        Assert.Equal("gone", (await witness.ReceiveAsync(TimeSpan.FromMinutes(1))).Text);
        await load.ProgressAsync();
        var (again, connAck) = await RawClient.ConnectWithAckAsync(other.Tcp, request);
        Assert.True(connAck.SessionPresent);

        cluster.Forget(cut);
        await cluster.HealAsync(cut);
        await cluster.WaitForEndAsync(cut);
        await load.ProgressAsync();
        // Its end is not that of the session's new connection.
        await again.PublishAsync("cut/t", "still here", 1);
        Assert.Equal("still here", (await again.ReceiveAsync()).Text);
        await witness.ExpectNothingAsync();
        await load.EndAsync();
    }

    [Fact]
    public async Task CoreCutOff_UnderLoad_ConnectionsStayAndNothingIsLostDoubledOrOutOfOrder()
    {
        await using var machines = await SeparateMachines.CreateAsync(database.Server);
        await using var cluster = await RunningCluster.StartAsync(database.Server, machines, gateways: 2, cores: 2);
        var cut = cluster.Cores[0];
        await using var load = await SteadyLoad.StartAsync("cutcore", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        await cluster.CutAsync(cut);
        cluster.Forget(cut);
        await cluster.SettleAsync();
        await load.ProgressAsync();
        await cluster.HealAsync(cut);

        await load.ProgressAsync();
        await cluster.WaitForEndAsync(cut);
        await load.ProgressAsync();
        await load.EndAsync();
    }
}
