using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

public sealed class MessageFlowTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private readonly BrokerNode _node = silo.Node;

    [Fact]
    public async Task Subscribe_WithRetained_GetsSubAckThenRetainedThenLive()
    {
        var publisher = _node.Client("retained-p");
        await publisher.PublishAsync("retained/a/1", "one", retain: true);
        await publisher.PublishAsync("retained/a/1", "two", retain: true);
        await publisher.PublishAsync("retained/b/1", "cleared", retain: true);
        await publisher.PublishAsync("retained/b/1", "", retain: true);
        var client = _node.Client("retained-s");
        await client.ConnectAsync();

        await client.SendSubscribeAsync("retained/#");
        Assert.Equal(ReasonCode.Success, await publisher.PublishAsync("retained/a/1", "three"));

        Assert.Equal("01", (await client.NextAsync<Sent.SubAck>()).Codes);
        Assert.Equal(("two", true), await Next(client));
        Assert.Equal(("three", false), await Next(client));
        client.HasNothing();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task Publish_EveryQoS_ArrivesInOrderAndIsSettled(uint expiry)
    {
        var client = _node.Client("flow" + expiry);
        await client.ConnectAsync(expiry);
        await client.SubscribeAsync($"flow/{expiry}/#", QoS.ExactlyOnce);
        var publisher = _node.Client("flow-p" + expiry);
        await publisher.ConnectAsync(expiry);

        await publisher.PublishAsync($"flow/{expiry}/t", "0", QoS.AtMostOnce);
        var settled = publisher.PublishAsync($"flow/{expiry}/t", "1");
        publisher.PublishExactlyOnce($"flow/{expiry}/t", "2", id: 7);

        Assert.Equal(new Sent.Ack(PacketType.PubRec, 7), await publisher.NextAsync());
        Assert.True(publisher.Connection.Answer(PacketType.PubRel, 7));
        Assert.Equal(new Sent.Ack(PacketType.PubComp, 7), await publisher.NextAsync());
        Assert.Equal(ReasonCode.Success, await settled);
        var messages = new[] { await client.NextAsync<Sent.Message>(), await client.NextAsync<Sent.Message>(), await client.NextAsync<Sent.Message>() };
        Assert.Equal(["0", "1", "2"], messages.Select(static message => message.Payload));
        Assert.Equal([QoS.AtMostOnce, QoS.AtLeastOnce, QoS.ExactlyOnce], messages.Select(static message => message.QoS));
        Assert.Equal(new Sent.Ack(PacketType.PubRel, messages[2].Id), await client.NextAsync());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task Publish_SessionIsHeldByAnother_ArrivesAsItWas(uint expiry)
    {
        var client = _node.Client("held" + expiry);
        await client.ConnectAsync(expiry);
        await client.SubscribeAsync($"held/{expiry}", QoS.AtLeastOnce);
        var publisher = _node.Client("held-p" + expiry);
        using var entered = new SemaphoreSlim(0);
        using var mayLeave = new ManualResetEventSlim();
        var holder = Task.Run(() => _node.Sessions.Find("held" + expiry)!.Run(_ =>
        {
            entered.Release();
            mayLeave.Wait(TestContext.Current.CancellationToken);
        }), TestContext.Current.CancellationToken);
        await entered.WaitAsync(TestContext.Current.CancellationToken);

        await publisher.PublishAsync($"held/{expiry}", "at most once", QoS.AtMostOnce);
        var settled = publisher.PublishAsync($"held/{expiry}", "at least once");
        mayLeave.Set();

        Assert.Equal("at most once", await client.NextPayloadAsync());
        Assert.Equal("at least once", await client.NextPayloadAsync());
        Assert.Equal(ReasonCode.Success, await settled);
        await holder;
    }

    [Fact]
    public async Task Publish_NobodySubscribed_SaysSo() =>
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await _node.Client("nobody").PublishAsync("nobody/there", "x"));

    [Fact]
    public async Task Publish_OverlappingFilters_OneCopyWithAllIdentifiers()
    {
        var client = _node.Client("overlap");
        await client.ConnectAsync();
        await client.SubscribeAsync("overlap/a/+", QoS.AtMostOnce, identifier: 3);
        await client.SubscribeAsync("overlap/a/b", QoS.AtLeastOnce, identifier: 5);

        await client.PublishAsync("overlap/a/b", "once");
        await client.PublishAsync("overlap/a/b", "end");

        var message = await client.NextAsync<Sent.Message>();
        Assert.Equal(("once", QoS.AtLeastOnce, "3,5"), (message.Payload, message.QoS, message.Identifiers));
        Assert.Equal("end", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Publish_NoLocal_NotToItself()
    {
        var client = _node.Client("local");
        await client.ConnectAsync();
        await client.SubscribeAsync("local/a/t", noLocal: true);

        await client.PublishAsync("local/a/t", "own");
        await _node.Client("local-other").PublishAsync("local/a/t", "other");

        Assert.Equal("other", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Publish_WildcardFirstLevel_FromEveryShard()
    {
        var client = _node.Client("wild");
        await client.ConnectAsync();
        await client.SubscribeAsync("+/wild/t");
        for (var i = 0; i < 20; i++) await client.PublishAsync($"w{i}/wild/t", $"{i}");

        for (var i = 0; i < 20; i++) Assert.Equal($"{i}", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Subscribe_ManyFilters_OneCodeEachInOrder()
    {
        var client = _node.Client("many");
        await client.ConnectAsync();
        string[] filters = [.. Enumerable.Range(0, 50).Select(static i => i % 2 == 0 ? $"many/{i}/+" : $"+/{i}/many")];

        await client.SendSubscribeAsync(filters);
        await client.SendSubscribeAsync(["many/0/+", "many/0/+"], QoS.ExactlyOnce, RetainHandling.DoNotSend);

        Assert.Equal(string.Join(',', Enumerable.Repeat("01", 50)), (await client.NextAsync<Sent.SubAck>()).Codes);
        Assert.Equal("02,02", (await client.NextAsync<Sent.SubAck>()).Codes);
        await client.PublishAsync("many/0/x", "a");
        await client.PublishAsync("y/1/many", "b");
        Assert.Equal("a", await client.NextPayloadAsync());
        Assert.Equal("b", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Unsubscribe_OneOfTwo_NothingMoreFromIt()
    {
        var client = _node.Client("unsub");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("unsub/a/t");
        await client.SubscribeAsync("unsub/b/t");

        Assert.Equal("00,11", await client.UnsubscribeAsync("unsub/a/t", "unsub/never"));
        await client.PublishAsync("unsub/a/t", "gone");
        await client.PublishAsync("unsub/b/t", "here");

        Assert.Equal("here", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Deliver_OutputFull_WaitsForRoom()
    {
        var client = _node.Client("full");
        client.Prepare = static connection => connection.SetRoom(2);
        await client.ConnectAsync();
        await client.SubscribeAsync("full/a/t");
        for (var i = 0; i < 5; i++) await client.PublishAsync("full/a/t", $"{i}");

        client.Connection.SetRoom(100);

        for (var i = 0; i < 5; i++) Assert.Equal($"{i}", await client.NextPayloadAsync());
    }

    private static async Task<(string Payload, bool Retain)> Next(TestClient client)
    {
        var message = await client.NextAsync<Sent.Message>();
        return (message.Payload, message.Retain);
    }
}
