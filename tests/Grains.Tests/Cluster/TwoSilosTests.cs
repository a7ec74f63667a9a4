using System.Text;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Publisher, shard, session and connection wherever they are: what a client sees is the same.</summary>
public sealed class TwoSilosTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private const int Many = 1_000;

    private readonly BrokerCluster _cluster = silos.Cluster;
    private readonly BrokerNode _first = silos.First;
    private readonly BrokerNode _second = silos.Second;
    private readonly BrokerNode _gateway = silos.Gateway;

    [Fact]
    public void Shards_AreOnBothSilos()
    {
        Assert.Equal(BrokerCluster.Shards, _cluster.Nodes.Sum(CountOfShards));
        Assert.All(Cores, static node => Assert.True(CountOfShards(node) > 0));
        Assert.Equal(0, CountOfShards(_gateway));
    }

    [Fact]
    public async Task HeldRoutes_InParts_HasEachRouteOnce()
    {
        const int sessions = 40;
        for (var i = 0; i < sessions; i++)
        {
            // Of its own sessions and, as they are placed on both cores, of some whose connection it has.
            var client = (i % 2 == 0 ? _first : _gateway).Client($"held{i}");
            await client.ConnectAsync();
            await client.SubscribeAsync($"held/+/{i}");
        }

        foreach (var (node, held) in new[] { (_first, Of(0)), (_gateway, Of(1)) })
        {
            var routes = new List<string>();
            for (var part = 0; part < 3; part++)
            {
                var page = await node.HeldRoutes.FindAsync([.. Enumerable.Range(0, BrokerCluster.Shards)], part, parts: 3);
                Assert.Equal(3, page.Parts);
                Assert.NotEmpty(page.Routes);
                routes.AddRange(page.Routes.Select(static route => route.Filter).Where(static filter => filter.StartsWith("held/", StringComparison.Ordinal)));
            }

            Assert.Equal(held, routes.Where(held.Contains).Order(StringComparer.Ordinal));
            Assert.Equal(routes.Count, routes.Distinct().Count());
        }

        static List<string> Of(int first) => [.. Enumerable.Range(0, sessions).Where(i => i % 2 == first).Select(static i => $"held/+/{i}").Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(1, 0u)]
    [InlineData(0, TestClient.Durable)]
    [InlineData(1, TestClient.Durable)]
    public async Task Publish_EveryQoSToTheOtherSilo_Arrives(int from, uint expiry)
    {
        var topic = $"cross{from}{expiry}";
        var subscriber = _cluster.Nodes[1 - from].Client(topic + "-s");
        await subscriber.ConnectAsync(expiry);
        var publisher = _cluster.Nodes[from].Client(topic + "-p");
        await publisher.ConnectAsync(expiry);
        // Enough topics for shards on both silos.
        for (var i = 0; i < BrokerCluster.Shards; i++)
        {
            await subscriber.SubscribeAsync($"{topic}/{i}/#", QoS.ExactlyOnce);
            await publisher.PublishAsync($"{topic}/{i}/t", "0", QoS.AtMostOnce);
            Assert.Equal(ReasonCode.Success, await publisher.PublishAsync($"{topic}/{i}/t", "1"));
            publisher.PublishExactlyOnce($"{topic}/{i}/t", "2", id: 7);
            Assert.Equal(new Sent.Ack(PacketType.PubRec, 7), await publisher.NextAsync());
            publisher.Connection.Answer(PacketType.PubRel, 7);
            Assert.Equal(new Sent.Ack(PacketType.PubComp, 7), await publisher.NextAsync());

            Assert.Equal("0", await subscriber.NextPayloadAsync());
            Assert.Equal("1", await subscriber.NextPayloadAsync());
            Assert.Equal("2", await subscriber.NextPayloadAsync());
            Assert.Equal(PacketType.PubRel, (await subscriber.NextAsync<Sent.Ack>()).Type);
        }

        Assert.Equal(ReasonCode.NoMatchingSubscribers, await publisher.PublishAsync($"{topic}-nobody/there", "x"));
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public async Task Publish_AThousand_KeepTheirOrder(QoS qos)
    {
        var topics = Enumerable.Range(0, 4).Select(i => $"order{qos}/{i}/t").ToArray();
        var subscriber = _second.Client($"order-{qos}");
        await subscriber.ConnectAsync(TestClient.Durable, receiveMaximum: 50);
        await subscriber.SubscribeAsync($"order{qos}/#", qos);
        var publisher = _first.Client("order-p");
        var settled = new List<Task<ReasonCode>>();
        for (var i = 0; i < Many; i++) settled.Add(publisher.PublishAsync(topics[i % topics.Length], $"{i}", qos));
        var received = new List<Sent.Message>();
        while (received.Count < Many) received.Add(await subscriber.NextAsync<Sent.Message>());

        foreach (var topic in topics)
        {
            var numbers = received.Where(message => message.Topic == topic).Select(static message => int.Parse(message.Payload)).ToArray();
            Assert.Equal(Many / topics.Length, numbers.Length);
            Assert.Equal(numbers.Order(), numbers);
        }

        Assert.All(await Task.WhenAll(settled), static reason => Assert.Equal(ReasonCode.Success, reason));
    }

    [Fact]
    public async Task Subscribe_OnTheOtherSilo_SubAckRetainedLive()
    {
        var publisher = _first.Client("kept-p");
        for (var i = 0; i < 20; i++) await publisher.PublishAsync($"kept/{i}/t", "old", retain: true);
        var subscriber = _second.Client("kept-s");
        await subscriber.ConnectAsync();

        await subscriber.SubscribeAsync("kept/#");
        for (var i = 0; i < 20; i++) await publisher.PublishAsync($"kept/{i}/t", "new");

        var received = new List<Sent.Message>();
        while (received.Count < 40) received.Add(await subscriber.NextAsync<Sent.Message>());
        Assert.All(received.GroupBy(static message => message.Topic), static ofTopic => Assert.Equal([("old", true), ("new", false)], ofTopic.Select(Content)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task Share_MembersOnBothSilos_EachMessageOnceAndSettled(uint expiry)
    {
        TestClient[] members = [_first.Client("shared-1" + expiry), _second.Client("shared-2" + expiry)];
        foreach (var member in members)
        {
            await member.ConnectAsync(expiry);
            await member.SubscribeAsync($"$share/g/shared{expiry}/#");
        }

        var publisher = _first.Client("shared-p");
        for (var i = 0; i < 40; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync($"shared{expiry}/{i % 4}/t", $"{i}"));

        var counts = new List<int>();
        var received = new List<string>();
        foreach (var member in members)
        {
            var before = received.Count;
            while (member.Connection.Output.TryRead(out var sent)) received.Add(Assert.IsType<Sent.Message>(sent).Payload);
            counts.Add(received.Count - before);
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(static i => $"{i}").Order(), received.Order());
        Assert.All(counts, static count => Assert.NotEqual(0, count));
    }

    [Fact]
    public async Task Share_MemberOfTheOtherSiloIsOffline_AnotherTakes()
    {
        var offline = _second.Client("offline");
        await offline.ConnectAsync(TestClient.Durable);
        await offline.SubscribeAsync("$share/g/offline/#");
        await offline.DisconnectAsync();
        var online = _first.Client("online");
        await online.ConnectAsync();
        await online.SubscribeAsync("$share/g/offline/#");

        for (var i = 0; i < 8; i++) Assert.Equal(ReasonCode.Success, await online.PublishAsync($"offline/{i}/t", $"{i}"));

        for (var i = 0; i < 8; i++) Assert.Equal($"{i}", await online.NextPayloadAsync());
    }

    [Fact]
    public async Task Connect_FromTheOtherSilo_TakesOver()
    {
        var older = _first.Client("taken");
        await older.ConnectAsync(TestClient.Durable);
        await older.SubscribeAsync("taken/a/t");
        var newer = _second.Client("taken");

        Assert.True(await newer.ConnectAsync(TestClient.Durable));
        Assert.Equal(new Sent.Closed(ReasonCode.SessionTakenOver), await older.NextAsync());
        await older.DisconnectAsync(publishWill: true);
        await newer.PublishAsync("taken/a/t", "1");
        Assert.Equal("1", await newer.NextPayloadAsync());

        Assert.True(await older.ConnectAsync(TestClient.Durable));
        Assert.Equal(new Sent.Closed(ReasonCode.SessionTakenOver), await newer.NextAsync());
    }

    [Fact]
    public async Task Reconnect_ThroughACore_SessionComesToIt()
    {
        var (client, elsewhere) = (_first.Client("follows"), _second.Client("follows"));
        await client.ConnectAsync(TestClient.Durable, will: Will("follows/w/t"));
        await client.SubscribeAsync("follows/#", QoS.ExactlyOnce);

        Assert.True(await elsewhere.ConnectAsync(TestClient.Durable));

        Assert.Null(_first.Sessions.Find("follows"));
        Assert.NotNull(_second.Sessions.Find("follows"));
        Assert.Equal(new Sent.Closed(ReasonCode.SessionTakenOver), await client.NextAsync());
        Assert.Equal("bye", await elsewhere.NextPayloadAsync()); // the older connection ended without DISCONNECT
        Assert.Equal(ReasonCode.Success, await client.PublishAsync("follows/a/t", "live"));
        Assert.Equal("live", await elsewhere.NextPayloadAsync());
    }

    [Fact]
    public async Task Reconnect_ThroughAGateway_SessionStaysAndServes()
    {
        var (client, elsewhere) = (_first.Client("stays"), _gateway.Client("stays"));
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("stays/a/+", QoS.ExactlyOnce);
        await client.DisconnectAsync();
        await client.PublishAsync("stays/a/t", "queued");

        Assert.True(await elsewhere.ConnectAsync(TestClient.Durable));
        Assert.NotNull(_first.Sessions.Find("stays"));
        Assert.Null(_gateway.Sessions.Find("stays"));
        Assert.Equal("queued", await elsewhere.NextPayloadAsync());
        await elsewhere.SubscribeAsync("stays/b/t");
        Assert.Equal("00", await elsewhere.UnsubscribeAsync("stays/b/t"));
        elsewhere.PublishExactlyOnce("stays/a/own", "once", id: 3);
        var sent = new List<Sent>();
        while (sent.Count < 3) sent.Add(await elsewhere.NextAsync());
        Assert.Contains(new Sent.Ack(PacketType.PubRec, 3), sent);
        Assert.Equal("once", Assert.Single(sent.OfType<Sent.Message>()).Payload);
        elsewhere.Connection.Answer(PacketType.PubRel, 3);
        Assert.Equal(new Sent.Ack(PacketType.PubComp, 3), await elsewhere.NextAsync());
    }

    [Fact]
    public async Task RemoteConnection_OutputFull_WaitsForRoomInOrder()
    {
        var client = await RemoteAsync("remote-full", static connection => connection.SetRoom(2));
        await client.SubscribeAsync("remote-full/a/t");
        var dropped = _gateway.Counters.Drops(DropReason.SlowConsumer);
        for (var i = 0; i < 5; i++) await client.PublishAsync("remote-full/a/t", $"{i}");
        await client.PublishAsync("remote-full/a/t", "lost", QoS.AtMostOnce);
        await client.PublishAsync("remote-full/a/t", "5");
        Assert.Equal("0", await client.NextPayloadAsync());
        Assert.Equal("1", await client.NextPayloadAsync());
        // Comes behind the messages in the lane, and is not held up by them in the gateway.
        Assert.Equal("11", await client.UnsubscribeAsync("remote-full/other"));

        client.Connection.SetRoom(100);

        for (var i = 2; i < 6; i++) Assert.Equal($"{i}", await client.NextPayloadAsync());
        Assert.Equal(dropped + 1, _gateway.Counters.Drops(DropReason.SlowConsumer));
    }

    [Fact]
    public async Task RemoteConnection_MessageTooLarge_GivesItsIdentifierFree()
    {
        var client = await RemoteAsync("remote-large", static connection => connection.MaximumBody = 64, receiveMaximum: 1);
        await client.SubscribeAsync("remote-large/a/t", QoS.ExactlyOnce);

        await client.PublishAsync("remote-large/a/t", new string('x', 100));
        client.PublishExactlyOnce("remote-large/a/t", new string('x', 100), id: 1);
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 1), await client.NextAsync());
        await client.PublishAsync("remote-large/a/t", "small");

        Assert.Equal("small", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task RemoteConnection_Silence_IsAskedForThenClosed()
    {
        var watcher = _first.Client("remote-silent-w");
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync("remote-silent/a/t");
        var first = _first.Client("remote-silent");
        await first.ConnectAsync(TestClient.Durable);
        await first.DisconnectAsync();
        var client = _gateway.Client("remote-silent");
        await client.ConnectAsync(TestClient.Durable, keepAlive: 1, will: Will("remote-silent/a/t"));
        // Heard of until a second from now: the session learns it only by asking.
        client.Connection.LastPacketMilliseconds = TimeProvider.System.GetMonotonicMilliseconds() + 1_000;
        var started = TimeProvider.System.GetMonotonicMilliseconds();

        Assert.Equal(new Sent.Closed(ReasonCode.KeepAliveTimeout), await client.NextAsync());
        Assert.Equal("bye", await watcher.NextPayloadAsync());
        Assert.InRange(TimeProvider.System.GetMonotonicMilliseconds() - started, 2_400, 10_000);
    }

    [Fact]
    public async Task RemoteConnection_Disconnects_WillIsPublishedAndQueueFills()
    {
        var watcher = _first.Client("remote-will-w");
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync("remote-will/w/t");
        var client = await RemoteAsync("remote-will", static _ => { }, will: Will("remote-will/w/t"));
        await client.SubscribeAsync("remote-will/a/t");

        await client.DisconnectAsync(publishWill: true);

        Assert.Equal("bye", await watcher.NextPayloadAsync());
        await watcher.PublishAsync("remote-will/a/t", "queued");
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        Assert.Equal("queued", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task RemoteConnection_GoneBeforeItWasAttached_SessionKnows()
    {
        var first = _first.Client("gone-early");
        await first.ConnectAsync(TestClient.Durable);
        await first.DisconnectAsync();
        var client = _gateway.Client("gone-early");
        client.Prepare = static connection => connection.Leave();
        Assert.Equal(ReasonCode.Success, await client.TryConnectAsync(expiry: 1));

        // Disconnected, it expires.
        await _cluster.WaitForDeactivationAsync("gone-early");
    }

    [Fact]
    public async Task SessionAsleep_MessagesOfBothSilosWakeIt()
    {
        var client = _first.Client("sleeps");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("sleeps/#");
        await client.DisconnectAsync();
        await _cluster.DeactivateAsync("sleeps");

        // The shards of the second silo believe it on the first one, which passes the messages on.
        var settled = Enumerable.Range(0, 40).Select(i => client.PublishAsync($"sleeps/{i}/t", $"{i}")).ToList();

        Assert.All(await Task.WhenAll(settled), static reason => Assert.Equal(ReasonCode.Success, reason));
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        var received = new List<int>();
        while (received.Count < 40) received.Add(int.Parse(await client.NextPayloadAsync()));
        Assert.Equal(Enumerable.Range(0, 40), received.Order());
        Assert.All(_cluster.Nodes, static node => Assert.Equal(0, node.Outstanding.Count));
    }

    [Fact]
    public async Task SessionMoved_DeliveriesFollow()
    {
        var client = _first.Client("moves");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("moves/#");
        await client.DisconnectAsync();
        await _cluster.DeactivateAsync("moves");
        var elsewhere = _second.Client("moves");
        Assert.True(await elsewhere.ConnectAsync(TestClient.Durable));
        Assert.NotNull(_second.Sessions.Find("moves"));

        // Shards of both silos believe it on the first one.
        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal(ReasonCode.Success, await client.PublishAsync($"moves/{i}/t", $"{i}"));

        for (var i = 0; i < BrokerCluster.Shards; i++) Assert.Equal($"{i}", await elsewhere.NextPayloadAsync());
        Assert.All(_cluster.Nodes, static node => Assert.Equal(0, node.Outstanding.Count));
    }

    private BrokerNode[] Cores => [_first, _second];

    private static (string Payload, bool Retain) Content(Sent.Message message) => (message.Payload, message.Retain);

    private static int CountOfShards(BrokerNode node) => Enumerable.Range(0, BrokerCluster.Shards).Count(shard => node.Shards.Find(shard) is not null);

    private static WillMessage Will(string topic) =>
        new(Encoding.UTF8.GetBytes(topic + "bye"), topic.Length, 0, QoS.AtLeastOnce, Retain: false, DelaySeconds: 0, ExpirySeconds: null);

    /// <summary>A client of the gateway whose session is on the first.</summary>
    private async Task<TestClient> RemoteAsync(string clientId, Action<FakeConnection> prepare, WillMessage? will = null, ushort receiveMaximum = 100)
    {
        var first = _first.Client(clientId);
        await first.ConnectAsync(TestClient.Durable);
        await first.DisconnectAsync();
        var client = _gateway.Client(clientId);
        client.Prepare = prepare;
        Assert.True(await client.ConnectAsync(TestClient.Durable, will: will, receiveMaximum: receiveMaximum));
        Assert.NotNull(_first.Sessions.Find(clientId));
        return client;
    }
}
