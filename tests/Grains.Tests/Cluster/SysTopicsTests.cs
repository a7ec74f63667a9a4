using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Each node has its own values below $SYS, and a client gets those of the node that it is on, wherever its session is.</summary>
public sealed class SysTopicsTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly BrokerNode _first = silos.First;
    private readonly BrokerNode _second = silos.Gateway;

    [Fact]
    public async Task Start_ValuesOfBothNodes_AreThere()
    {
        foreach (var node in silos.Cluster.Nodes)
        {
            var client = node.Client($"start-{node.Address}");
            await client.ConnectAsync();
            await client.SubscribeAsync("$SYS/broker/version", QoS.AtMostOnce);
            var version = await client.NextAsync<Sent.Message>();
            Assert.True(version.Retain);
            Assert.StartsWith("orleans-broker version ", version.Payload, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Subscribe_OnEitherNode_GetsItsOwnValuesRetainedThenLive()
    {
        SayAtBoth("own", "0");
        var here = _first.Client("own-1");
        var there = _second.Client("own-2");
        foreach (var client in new[] { here, there })
        {
            await client.ConnectAsync();
            await client.SubscribeAsync("$SYS/own/#", QoS.AtMostOnce);
        }

        SayAtBoth("own", "1");
        Assert.Equal([("first 0", true), ("first 1", false)], await TwoAsync(here));
        Assert.Equal([("second 0", true), ("second 1", false)], await TwoAsync(there));
    }

    [Fact]
    public async Task Reconnect_ThroughTheOtherNode_GetsItsValuesAndNoMoreOfTheOlders()
    {
        var before = _first.Client("moves");
        await before.ConnectAsync(TestClient.Durable);
        await before.SubscribeAsync("$SYS/moves", QoS.AtMostOnce);
        SayAtBoth("moves", "1");
        Assert.Equal("first 1", await before.NextPayloadAsync());
        await before.DisconnectAsync();

        // The session is on the first silo still, the client on the second.
        var after = _second.Client("moves");
        Assert.True(await after.ConnectAsync(TestClient.Durable));
        Assert.NotNull(_first.Sessions.Find("moves"));
        await UntilAsync(after, _second, "moves", "second 2");
        Say(_first, "moves", "first 3");
        Say(_second, "moves", "second 3");
        Assert.Equal("second 3", await NextAfterAsync(after, "second 2"));

        await after.UnsubscribeAsync("$SYS/moves");
        await after.SubscribeAsync("$SYS/moved", QoS.AtMostOnce);
        Say(_second, "moves", "second 4");
        Say(_second, "moved", "end");
        Assert.Equal("end", await NextAfterAsync(after, "second 3"));
    }

    [Fact]
    public async Task TakeOver_FromTheOtherNode_MovesTheSubscription()
    {
        var before = _second.Client("taken");
        await before.ConnectAsync(TestClient.Durable);
        await before.SubscribeAsync("$SYS/taken", QoS.AtMostOnce);
        var after = _first.Client("taken");
        Assert.True(await after.ConnectAsync(TestClient.Durable));
        await UntilAsync(after, _first, "taken", "first 1");
        Say(_second, "taken", "second 2");
        Say(_first, "taken", "first 2");
        Assert.Equal("first 2", await NextAfterAsync(after, "first 1"));
    }

    [Fact]
    public async Task Reconnect_AfterTheSessionsActivationEnded_GetsValuesAgain()
    {
        var client = _first.Client("loaded");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("$SYS/loaded", QoS.AtMostOnce);
        await silos.Cluster.DeactivateAsync("loaded");
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        await UntilAsync(client, _first, "loaded", "first 1");
    }

    [Fact]
    public async Task Publish_ThroughTheRouter_IsRefusedAndCountsForNoBound()
    {
        var client = _first.Client("refused");
        await client.ConnectAsync();
        await client.SubscribeAsync("$SYS/refused", QoS.AtMostOnce);
        var retained = silos.Cluster.Nodes.Sum(static node => node.Retained.Messages);
        Assert.Equal(ReasonCode.QuotaExceeded, await client.PublishAsync("$SYS/refused", "no", QoS.AtLeastOnce, retain: true));
        await client.PublishAsync("$SYS/refused", "no", QoS.AtMostOnce, retain: true);
        Say(_first, "refused", "yes");
        Assert.Equal("yes", await client.NextPayloadAsync());
        Assert.Equal(retained, silos.Cluster.Nodes.Sum(static node => node.Retained.Messages));
    }

    /// <summary>As a host does that could not start: it takes whatever is cancelled then for a fault, and says so in place of the reason.</summary>
    [Fact]
    public async Task Publisher_DisposedWithoutAStop_EndsByItself()
    {
        using var publisher = _first.NewSysPublisher();
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(publisher.Ended.IsCompleted);
        publisher.Dispose();
        await publisher.Ended.WaitAsync(TestClient.Patience, TestContext.Current.CancellationToken);
    }

    private void SayAtBoth(string name, string value)
    {
        Say(_first, name, $"first {value}");
        Say(_second, name, $"second {value}");
    }

    private static void Say(BrokerNode node, string name, string value)
    {
        var topic = $"$SYS/{name}";
        node.SysTopics.Publish(new Publication(Encoding.UTF8.GetBytes(topic + value), topic.Length, 0, QoS.AtMostOnce, retain: true, ""));
    }

    /// <summary>The node says it again and again until the client hears it: nobody tells when its routes have arrived.</summary>
    private static async Task UntilAsync(TestClient client, BrokerNode node, string name, string value)
    {
        await BrokerCluster.EventuallyAsync(() =>
        {
            Say(node, name, value);
            return client.Connection.Output.TryPeek(out _);
        });
        Assert.Equal(value, await client.NextPayloadAsync());
    }

    /// <summary>The next payload that is not one more of those that were said before.</summary>
    private static async Task<string> NextAfterAsync(TestClient client, string before)
    {
        while (true)
        {
            var payload = await client.NextPayloadAsync();
            if (payload != before) return payload;
        }
    }

    private static async Task<(string Payload, bool Retain)[]> TwoAsync(TestClient client)
    {
        var first = await client.NextAsync<Sent.Message>();
        var second = await client.NextAsync<Sent.Message>();
        return [(first.Payload, first.Retain), (second.Payload, second.Retain)];
    }
}
