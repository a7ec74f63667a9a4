using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>kill -9 of a gateway: its devices go to another one, their sessions with them; those that stay away get what they asked for (design section 7).</summary>
public sealed class GatewayKillTests(Database database)
{
    [Fact]
    public async Task GatewayKilled_UnderLoad_SessionsGoOnAtTheOtherGateway()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);
        await using var load = await SteadyLoad.StartAsync("stay", cluster.Gateways[1].Tcp);
        await using var roamers = await Roamers.StartAsync("roam", cluster.Gateways[0].Tcp, cluster.Gateways[1].Tcp);

        await cluster.KillAsync(cluster.Gateways[0]);

        await load.ProgressAsync();
        await load.EndAsync();
        await roamers.EndAsync();
    }

    [Fact]
    public async Task GatewayKilled_ItsSessions_SendTheirWillsAfterTheDelayAndExpire()
    {
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2);
        var other = cluster.Gateways[1].Tcp;
        await using var witness = await RawClient.ConnectAsync(other, MqttVersion.V50);
        await witness.SubscribeAsync("wills/+", 1);
        var ends = Mortal("ends", expiry: 0, delay: 0);
        var delays = Mortal("delays", expiry: 3600, delay: 10);
        var expires = Mortal("expires", expiry: 2, delay: 3600);
        // Its time is over when the one before it has sent its will.
        var returns = Mortal("returns", expiry: 3600, delay: 8);
        await using var publisher = await RawClient.ConnectAsync(other, MqttVersion.V50);
        foreach (var request in (ConnectRequest[])[ends, delays, expires, returns])
        {
            var client = await RawClient.ConnectAsync(cluster.Gateways[0].Tcp, request);
            await client.SubscribeAsync($"{request.ClientId}/t", 1);
            await publisher.PublishAsync($"{request.ClientId}/t", "unanswered", 1);
            // Its PUBLISH is there, its PUBACK is not sent.
            await client.WaitForFrameAsync();
        }

        await cluster.KillAsync(cluster.Gateways[0]);
        await AssertResumesAsync(other, returns);

        string[] first = [(await witness.ReceiveAsync()).Text, (await witness.ReceiveAsync()).Text];
        Assert.Equal(["ends", "expires"], first.Order());
        Assert.Equal("delays", (await witness.ReceiveAsync()).Text);
        await witness.ExpectNothingAsync(TimeSpan.FromSeconds(2));
        await AssertResumesAsync(other, delays);
        Assert.False((await RawClient.ConnectWithAckAsync(other, expires with { Will = null })).ConnAck.SessionPresent);
        Assert.False((await RawClient.ConnectWithAckAsync(other, ends with { Will = null })).ConnAck.SessionPresent);
    }

    private static ConnectRequest Mortal(string name, uint expiry, uint delay) => ConnectRequest.Persistent(MqttVersion.V50, name, expiry) with
    {
        Will = new WillRequest("wills/" + name, Encoding.ASCII.GetBytes(name)) { QoS = 1, Properties = [Property.WillDelayInterval(delay)] },
    };

    /// <summary>With the message that had not been acknowledged. The client stays until the end of the test's process, so that its will does not go.</summary>
    private static async Task AssertResumesAsync(Endpoint gateway, ConnectRequest request)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(gateway, request with { Will = null });
        Assert.True(connAck.SessionPresent);
        Assert.Equal("unanswered", (await client.ReceiveAsync()).Text);
    }
}
