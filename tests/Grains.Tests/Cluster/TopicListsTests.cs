using System.Text;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Retained messages and subscriptions of all shards, as one list from any node.</summary>
public sealed class TopicListsTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly BrokerCluster _cluster = silos.Cluster;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task RetainedList_OverAllShards_PagesAreInOrderAndComplete(int from)
    {
        var node = _cluster.Nodes[from];
        string[] topics = [.. Enumerable.Range(0, 400).Select(i => $"list{from}/{i}/t"), $"list{from}/\uFFFD", $"list{from}/\U0001F600", $"list{from}"];
        await RetainAsync(node, topics);
        var expected = topics.Order(Utf8Order.Instance).ToList();

        foreach (var limit in new[] { 7, 403, 1_000 })
        {
            var found = new List<string>();
            for (var hasMore = true; hasMore;)
            {
                var page = await node.RetainedMessages.ListAsync(new RetainedQuery($"list{from}/#", found.Count == 0 ? [] : Bytes(found[^1]), limit), false, TestContext.Current.CancellationToken);
                Assert.Empty(page.Missing);
                Assert.True(page.Items.Count == limit || !page.HasMore);
                Assert.All(page.Items, static item => Assert.Equal((null, null, 1), (item.Payload, item.Properties, item.PayloadBytes)));
                found.AddRange(page.Items.Select(static item => Encoding.UTF8.GetString(item.Topic)));
                hasMore = page.HasMore;
            }

            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public async Task Retained_RoundTrip_IsAsPublishedUntilItIsTakenAway()
    {
        var properties = new MessageProperties
        {
            PayloadIsUtf8 = true,
            ContentType = "text/plain",
            ResponseTopic = "answers",
            CorrelationData = [0, 1, 255],
            UserProperties = [new("b", "1"), new("a", "2"), new("b", "3")],
        };
        var draft = OutsidePublishTests.Draft("round/trip/t", "payload", QoS.ExactlyOnce, retain: true) with { Properties = properties, ExpirySeconds = 3_600 };
        await OutsidePublishTests.PublishAsync(silos.First, draft);
        var subscriber = silos.Second.Client("round-trip");
        await subscriber.ConnectAsync();
        await subscriber.SubscribeAsync("round/trip/t");
        Assert.Equal("payload", await subscriber.NextPayloadAsync());

        foreach (var node in _cluster.Nodes)
        {
            var record = Assert.IsType<RetainedRecord>(await node.RetainedMessages.FindAsync(Bytes("round/trip/t"), TestContext.Current.CancellationToken));
            Assert.Equal(("payload", 7, (byte)QoS.ExactlyOnce, ""), (Encoding.UTF8.GetString(record.Payload!), record.PayloadBytes, record.QoS, record.Publisher));
            Assert.Equal(properties.Encode(), record.Properties);
            Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(record.ExpiresAtUtcMilliseconds), DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue);
            Assert.NotEqual(long.MaxValue, record.ExpiresAtUtcMilliseconds);
            Assert.Null(await node.RetainedMessages.FindAsync(Bytes("round/trip/other"), TestContext.Current.CancellationToken));
        }

        Assert.True(await silos.Gateway.RetainedMessages.RemoveAsync(Bytes("round/trip/t"), TestContext.Current.CancellationToken));
        Assert.False(await silos.First.RetainedMessages.RemoveAsync(Bytes("round/trip/t"), TestContext.Current.CancellationToken));
        Assert.Null(await silos.Second.RetainedMessages.FindAsync(Bytes("round/trip/t"), TestContext.Current.CancellationToken));
        subscriber.HasNothing();
    }

    [Fact]
    public async Task RetainedList_WithContents_EndsWhereItIsLargeEnough()
    {
        string[] topics = [.. Enumerable.Range(0, 30).Select(static i => $"large/{i:D2}/t")];
        foreach (var topic in topics) await OutsidePublishTests.PublishAsync(silos.First, OutsidePublishTests.Draft(topic, new string('x', 500_000), retain: true));

        var found = new List<RetainedRecord>();
        var pages = 0;
        for (var hasMore = true; hasMore; pages++)
        {
            var page = await silos.Gateway.RetainedMessages.ListAsync(new RetainedQuery("large/#", found.Count == 0 ? [] : found[^1].Topic, 1_000), true, TestContext.Current.CancellationToken);
            found.AddRange(page.Items);
            hasMore = page.HasMore;
        }

        Assert.Equal(2, pages);
        Assert.Equal(topics, found.Select(static record => Encoding.UTF8.GetString(record.Topic)));
        Assert.All(found, static record => Assert.Equal(500_000, record.Payload!.Length));
    }

    [Fact]
    public async Task Retained_BelowSys_IsTheNodesOwnAndStays()
    {
        var node = silos.Gateway;
        var topic = Bytes("$SYS/broker/version");
        var record = await node.RetainedMessages.FindAsync(topic, TestContext.Current.CancellationToken);
        Assert.StartsWith("orleans-broker", Encoding.UTF8.GetString(record!.Payload!), StringComparison.Ordinal);
        Assert.False(await node.RetainedMessages.RemoveAsync(topic, TestContext.Current.CancellationToken));
        var page = await node.RetainedMessages.ListAsync(new RetainedQuery("$SYS/#", [], 10), true, TestContext.Current.CancellationToken);
        Assert.Equal((10, true), (page.Items.Count, page.HasMore));
    }

    [Fact]
    public async Task Subscriptions_AnyQuestion_FromTheShardsThatHaveThem()
    {
        var clients = Enumerable.Range(0, 5).Select(i => _cluster.Nodes[i % 3].Client($"subs{i}")).ToArray();
        foreach (var client in clients)
        {
            await client.ConnectAsync(client.ClientId == "subs4" ? TestClient.Durable : 0);
            await client.SubscribeAsync("subs/+/t", QoS.ExactlyOnce, identifier: 7, noLocal: true);
            await client.SubscribeAsync("+/subs/t");
            await client.SubscribeAsync("$share/g/+/subs/#");
            await client.SubscribeAsync($"subs/{client.ClientId}/t");
        }

        await clients[4].DisconnectAsync();
        foreach (var node in _cluster.Nodes)
        {
            Assert.Equal(Each("subs/+/t"), await ListAsync(node, new SubscriptionQuery("subs/+/t", null, null, 2)));
            Assert.Equal(Each("$share/g/+/subs/#"), await ListAsync(node, new SubscriptionQuery("$share/g/+/subs/#", null, null, 3)));
            Assert.Equal([.. Each("+/subs/t"), .. Each("$share/g/+/subs/#").Order()], Sorted(await ListAsync(node, new SubscriptionQuery(null, "x/subs/t", null, 4))));
            Assert.Equal([.. Each("subs/+/t"), "subs/subs2/t subs2"], await ListAsync(node, new SubscriptionQuery(null, "subs/subs2/t", null, 100)));
            Assert.Empty(await ListAsync(node, new SubscriptionQuery("nobody/has/this", null, null, 100)));
        }

        var all = await ListAsync(silos.Gateway, new SubscriptionQuery(null, null, null, 3));
        Assert.Equal(all.Count, all.Distinct().Count());
        string[] own = [.. Each("+/subs/t"), .. Each("$share/g/+/subs/#"), .. Each("subs/+/t"), .. Enumerable.Range(0, 5).Select(static i => $"subs/subs{i}/t subs{i}")];
        Assert.Equal(own.Order(), all.Where(own.Contains).Order());

        var record = (await silos.First.Subscriptions.ListAsync(new SubscriptionQuery("subs/+/t", null, new SubscriptionPosition("subs/+/t", "subs3"), 9), TestContext.Current.CancellationToken)).Items.Single();
        Assert.Equal(("subs4", 2, true, 7u, true), (record.ClientId, record.QoS, record.NoLocal, record.Identifier, record.IsDurable));

        static string[] Each(string filter) => [.. Enumerable.Range(0, 5).Select(i => $"{filter} subs{i}")];
        static IEnumerable<string> Sorted(List<string> found) => found.Order().OrderBy(static text => text.StartsWith('$'));
    }

    private static async Task<List<string>> ListAsync(BrokerNode node, SubscriptionQuery query)
    {
        var found = new List<string>();
        while (true)
        {
            var page = await node.Subscriptions.ListAsync(query, TestContext.Current.CancellationToken);
            Assert.Empty(page.Missing);
            found.AddRange(page.Items.Select(static item => $"{item.Filter} {item.ClientId}"));
            if (!page.HasMore) return found;
            Assert.Equal(query.Limit, page.Items.Count);
            query = query with { After = new SubscriptionPosition(page.Items[^1].Filter, page.Items[^1].ClientId) };
        }
    }

    private static Task RetainAsync(BrokerNode node, string[] topics) =>
        OutsidePublishTests.PublishAsync(node, [.. topics.Select(static topic => OutsidePublishTests.Draft(topic, "x", retain: true))]);

    private static byte[] Bytes(string topic) => Encoding.UTF8.GetBytes(topic);
}
