using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>One session in detail, its subscriptions and its queue, wherever it is; on a store from which long queues are read.</summary>
public sealed class SessionDetailsTests : IAsyncLifetime
{
    private static readonly WillMessage Will = new(Encoding.ASCII.GetBytes("will/tgone"), "will/t".Length, 0, QoS.AtLeastOnce, Retain: true, DelaySeconds: 5, ExpirySeconds: null);

    private readonly FaultyStore _store = new();
    private ThreeNodes _nodes = null!;

    public async ValueTask InitializeAsync()
    {
        var cluster = await BrokerCluster.StartAsync(
            silos: 3, store: _store, limits: new LimitsOptions { MaxQueuedMessages = 700 }, roles: static silo => silo == 0 ? NodeRoles.Gateway : NodeRoles.Gateway | NodeRoles.Core);
        await cluster.OpenShardsAsync();
        _nodes = new ThreeNodes(cluster, cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
    }

    public async ValueTask DisposeAsync()
    {
        await _nodes.Cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Describe_SessionOfAnotherNode_HasWhatBothKnow()
    {
        var client = new TestClient(_nodes.Gateway, "both") { UserName = "ann", Prepare = static connection => connection.MessagesReceived = 7 };
        await client.ConnectAsync(TestClient.Durable, cleanStart: true, keepAlive: 30, will: Will, receiveMaximum: 5);
        await client.SubscribeAsync("both/#");
        client.Connection.Acknowledges = false;
        for (var i = 0; i < 8; i++) await client.PublishAsync("both/t", "x");
        await client.NextAsync<Sent.Message>();

        foreach (var node in _nodes.Cluster.Nodes)
        {
            var details = await FindAsync(node, "both");
            Assert.Equal((true, _nodes.Gateway.Address, (ushort)30, "ann", 5, 3, 1), (details.Item.IsConnected, details.Item.Gateway, details.Item.KeepAliveSeconds, details.Item.UserName, details.Item.InflightOut, details.Item.Queued, details.Item.Subscriptions));
            Assert.Equal((true, (ushort)5, 7L, 5L), (details.CleanStart, details.ReceiveMaximum, details.MessagesReceived, details.MessagesSent));
            Assert.Equal("will/t", Encoding.ASCII.GetString(details.Will!.Body));
            Assert.Equal((4, 5u, true), (details.WillPayloadBytes, details.Will.DelaySeconds, details.Will.Retain));
            Assert.Contains(details.Core, new[] { _nodes.Core.Address, _nodes.Other.Address });
            Assert.InRange(details.OldestQueuedAt, Now - 60_000, Now + 1);
        }

        var full = await _nodes.Gateway.Directory.DescribeAsync("both", withWillPayload: true, CancellationToken.None);
        Assert.Equal("will/tgone", Encoding.ASCII.GetString(full.Found!.Will!.Body));
    }

    [Fact]
    public async Task Describe_SessionInTheStoreAlone_IsToldAndNotActivated()
    {
        var client = _nodes.Core.Client("stored");
        await client.ConnectAsync(TestClient.Durable, will: Will);
        await client.SubscribeAsync("stored/#");
        await client.DisconnectAsync(publishWill: true);
        for (var i = 0; i < 702; i++) await _nodes.Other.Client("p").PublishAsync("stored/t", "x");
        await _nodes.Cluster.DeactivateAsync("stored");

        var details = await FindAsync(_nodes.Gateway, "stored");

        Assert.Equal((SessionParts.Store, false, 700, 700 * "stored/tx".Length, 1), (details.Item.Parts, details.Item.IsConnected, details.Item.Queued, details.Item.QueuedBytes, details.Item.Subscriptions));
        Assert.Equal([new DropCount("queue_full_oldest", 2)], details.Drops);
        Assert.Equal("will/t", Encoding.ASCII.GetString(details.Will!.Body));
        Assert.InRange(details.OldestQueuedAt, Now - 60_000, Now + 1);
        Assert.False(_nodes.Cluster.IsActive("stored"));
        // What was dropped before is not forgotten by who has it in memory again.
        await _nodes.Other.Client("p").PublishAsync("stored/t", "x");
        Assert.Equal([new DropCount("queue_full_oldest", 3)], (await FindAsync(_nodes.Gateway, "stored")).Drops);
    }

    [Fact]
    public async Task Describe_NoSuchSession_IsNullAndNotActivated()
    {
        var answer = await _nodes.Gateway.Directory.DescribeAsync("nobody", withWillPayload: false, CancellationToken.None);
        Assert.Null(answer.Found);
        Assert.Empty(answer.Partial);
        Assert.Null((await _nodes.Gateway.Directory.SubscriptionsAsync("nobody", 0, 10, CancellationToken.None)).Found);
        Assert.Null((await _nodes.Gateway.Directory.QueueAsync("nobody", 0, 10, withPayloads: false, CancellationToken.None)).Found);
        Assert.False(_nodes.Cluster.IsActive("nobody"));

        // One whose id begins with another's is not that one.
        await _nodes.Core.Client("nobody-else").ConnectAsync(TestClient.Durable);
        await _nodes.Cluster.DeactivateAsync("nobody-else");
        Assert.Null((await _nodes.Gateway.Directory.DescribeAsync("nobody", withWillPayload: false, CancellationToken.None)).Found);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Subscriptions_ByPages_InTheOrderOfTheirMaking(bool isInMemory)
    {
        var client = _nodes.Core.Client("subscribes");
        await client.ConnectAsync(TestClient.Durable);
        for (var i = 0; i < 10; i++) await client.SubscribeAsync($"subscribes/{i}", (QoS)(i % 3));
        await client.UnsubscribeAsync("subscribes/3");
        await client.SubscribeAsync("subscribes/0");
        await client.DisconnectAsync();
        if (!isInMemory) await _nodes.Cluster.DeactivateAsync("subscribes");

        var filters = new List<string>();
        for (uint after = 0; ;)
        {
            var page = (await _nodes.Gateway.Directory.SubscriptionsAsync("subscribes", after, 3, CancellationToken.None)).Found!;
            filters.AddRange(page.Items.Select(static item => $"{item.Filter}:{item.QoS}"));
            if (page.IsEnd) break;
            after = page.Items[^1].Version;
        }

        Assert.Equal(["subscribes/1:1", "subscribes/2:2", "subscribes/4:1", "subscribes/5:2", "subscribes/6:0", "subscribes/7:1", "subscribes/8:2", "subscribes/9:0", "subscribes/0:1"], filters);
        Assert.Equal(isInMemory, _nodes.Cluster.IsActive("subscribes"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Queue_LongByPages_IsReadFromTheJournalAndStaysAsItIs(bool isInMemory)
    {
        const int Messages = 600;
        var client = _nodes.Core.Client("queues");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("queues/#");
        await client.DisconnectAsync();
        for (var i = 0; i < Messages; i++) await _nodes.Other.Client("p").PublishAsync($"queues/{i}", $"payload {i}", retain: i == 5);
        if (!isInMemory) await _nodes.Cluster.DeactivateAsync("queues");

        var queue = await QueueAsync("queues", 70, withPayloads: true);

        Assert.Equal(Enumerable.Range(0, Messages).Select(static i => $"queues/{i}=payload {i}"), queue.Select(static message => $"{message.Topic}={Encoding.ASCII.GetString(message.Payload!)}"));
        Assert.All(queue, static message => Assert.Equal((1, 0, "p"), (message.QoS, message.PacketIdentifier, message.Publisher)));
        Assert.All(queue, static message => Assert.InRange(message.QueuedAt, Now - 60_000, Now + 1));
        Assert.All(await QueueAsync("queues", 1_000, withPayloads: false), static message => Assert.Null(message.Payload));
        Assert.Equal(isInMemory, _nodes.Cluster.IsActive("queues"));
        await client.ConnectAsync(TestClient.Durable);
        for (var i = 0; i < Messages; i++) Assert.Equal($"payload {i}", await client.NextPayloadAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Queue_MessagesLargerThanAPage_ComeOneByOne(bool isInMemory)
    {
        var client = _nodes.Core.Client("large");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("large/#");
        await client.DisconnectAsync();
        for (var i = 0; i < 3; i++) await _nodes.Other.Client("p").PublishAsync("large/t", new string((char)('a' + i), 1_500_000));
        if (!isInMemory) await _nodes.Cluster.DeactivateAsync("large");

        Assert.Equal([1_500_000, 1_500_000, 1_500_000], (await QueueAsync("large", 100, withPayloads: true)).Select(static message => message.Payload!.Length));
    }

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task<SessionDetails> FindAsync(BrokerNode node, string clientId) =>
        (await node.Directory.DescribeAsync(clientId, withWillPayload: false, CancellationToken.None).WaitAsync(TestClient.Patience)).Found!;

    private async Task<List<QueuedMessage>> QueueAsync(string clientId, int limit, bool withPayloads)
    {
        var queue = new List<QueuedMessage>();
        for (long after = 0; ;)
        {
            var page = (await _nodes.Gateway.Directory.QueueAsync(clientId, after, limit, withPayloads, CancellationToken.None).WaitAsync(TestClient.Patience)).Found!;
            Assert.InRange(page.Items.Length, page.Next is null ? 0 : 1, limit);
            queue.AddRange(page.Items);
            if (page.Next is not { } next) return queue;
            after = next;
        }
    }

    private sealed record ThreeNodes(BrokerCluster Cluster, BrokerNode Gateway, BrokerNode Core, BrokerNode Other);
}
