using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>
/// Members of a shared group whose sessions, shard and publisher are all on silos of their own: what one member cannot send soon goes to another (invariant B19).
/// </summary>
public sealed class SharedReturnTests(FourSilos silos) : IClassFixture<FourSilos>
{
    private const int Messages = 20;

    private readonly BrokerCluster _cluster = silos.Cluster;

    /// <summary>How a session comes to its end.</summary>
    public enum Ending
    {
        ConnectionLost,
        Disconnect,
        CleanStart,
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Members_BothOfflineAndOneConnects_GetsWhatTheOtherHasQueuedToo(bool shardMoves)
    {
        var topic = $"returns-offline{shardMoves}/a/t";
        var (x, y) = (silos.Second.Client($"returns-x{shardMoves}"), silos.Third.Client($"returns-y{shardMoves}"));
        await _cluster.MoveShardAsync(topic, silos.First);
        await JoinAsync(x, topic);
        await JoinAsync(y, topic);
        await x.DisconnectAsync();
        await y.DisconnectAsync();
        await PublishAsync(topic);
        Assert.True(silos.Second.Sessions.Find(x.ClientId)!.HasBacklog);
        Assert.True(silos.Third.Sessions.Find(y.ClientId)!.HasBacklog);

        if (shardMoves) await _cluster.MoveShardAsync(topic, silos.Last);
        Assert.True(await y.ConnectAsync(TestClient.Durable));

        await AssertGetsAsync(y, Messages);
        Assert.True(await x.ConnectAsync(TestClient.Durable));
        await AssertHasNothingMoreAsync(x);
        await AssertHasNothingMoreAsync(y);
        await AssertNothingIsAwaitedAsync();
    }

    [Theory]
    [InlineData(Ending.ConnectionLost, false)]
    [InlineData(Ending.ConnectionLost, true)]
    [InlineData(Ending.Disconnect, false)]
    [InlineData(Ending.Disconnect, true)]
    [InlineData(Ending.CleanStart, false)]
    [InlineData(Ending.CleanStart, true)]
    public async Task Member_SessionEnds_AnotherGetsAllButASentExactlyOnceMessage(Ending ending, bool shardMoves)
    {
        var topic = $"returns-{ending}{shardMoves}/a/t";
        var (x, y) = (silos.Second.Client($"{ending}-x{shardMoves}"), silos.Third.Client($"{ending}-y{shardMoves}"));
        await _cluster.MoveShardAsync(topic, silos.First);
        await JoinBusyAsync(x, topic, ending == Ending.ConnectionLost ? 0 : TestClient.Durable);
        var publisher = silos.Last.Client($"{ending}-p{shardMoves}");
        await publisher.ConnectAsync();
        publisher.PublishExactlyOnce(topic, "sent", id: 1);
        Assert.Equal("sent", await x.NextPayloadAsync());
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 1), await publisher.NextAsync());
        await PublishAsync(topic);
        Assert.Equal("0", await x.NextPayloadAsync());
        await JoinAsync(y, topic);

        if (shardMoves) await _cluster.MoveShardAsync(topic, silos.Last);
        if (ending == Ending.CleanStart) Assert.False(await silos.Second.Client(x.ClientId).ConnectAsync(cleanStart: true));
        else await x.DisconnectAsync(expiry: ending == Ending.Disconnect ? 0u : null);

        await AssertGetsAsync(y, Messages);
        await AssertHasNothingMoreAsync(y);
        await AssertNothingIsAwaitedAsync();
    }

    [Fact]
    public async Task Member_SessionExpires_AnotherGetsWhatWasInFlight()
    {
        const string Topic = "returns-expiry/a/t";
        var (x, y) = (silos.Second.Client("expiry-x"), silos.Third.Client("expiry-y"));
        await _cluster.MoveShardAsync(Topic, silos.First);
        await JoinBusyAsync(x, Topic, TestClient.Durable);
        await PublishAsync(Topic);
        Assert.Equal("0", await x.NextPayloadAsync());
        Assert.Equal("1", await x.NextPayloadAsync());
        await JoinAsync(y, Topic);

        await x.DisconnectAsync(expiry: 1);

        // At once what has no identifier, at the end the others.
        await AssertGetsAsync(y, Messages);
        await AssertHasNothingMoreAsync(y);
    }

    [Fact]
    public async Task Member_NobodyElseIsThere_KeepsItsMessagesInOrder()
    {
        const string Topic = "returns-alone/a/t";
        var x = silos.Second.Client("alone-x");
        await _cluster.MoveShardAsync(Topic, silos.First);
        await JoinBusyAsync(x, Topic, TestClient.Durable);
        await PublishAsync(Topic);
        await x.DisconnectAsync();
        await AssertNothingIsAwaitedAsync();

        x.Prepare = null;
        Assert.True(await x.ConnectAsync(TestClient.Durable));

        for (var i = 0; i < Messages; i++) Assert.Equal($"{i}", await x.NextPayloadAsync());
        await AssertHasNothingMoreAsync(x);
    }

    [Fact]
    public async Task Member_LastOfItsGroupEnds_NobodyIsWaitedFor()
    {
        const string Topic = "returns-last/a/t";
        var x = silos.Second.Client("last-x");
        await _cluster.MoveShardAsync(Topic, silos.First);
        await JoinBusyAsync(x, Topic, TestClient.Durable);
        await PublishAsync(Topic);

        await x.DisconnectAsync(expiry: 0);

        await _cluster.WaitForDeactivationAsync(x.ClientId);
        await AssertNothingIsAwaitedAsync();
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await silos.Last.Client("last-p").PublishAsync(Topic, "x"));
    }

    private static async Task JoinAsync(TestClient client, string topic, uint expiry = TestClient.Durable, ushort receiveMaximum = 100)
    {
        await client.ConnectAsync(expiry, receiveMaximum: receiveMaximum);
        await client.SubscribeAsync($"$share/g/{topic}", QoS.ExactlyOnce);
    }

    /// <summary>Two messages are in flight at most, as its client acknowledges none.</summary>
    private static async Task JoinBusyAsync(TestClient client, string topic, uint expiry)
    {
        client.Prepare = static connection => connection.Acknowledges = false;
        await JoinAsync(client, topic, expiry, receiveMaximum: 2);
    }

    private async Task PublishAsync(string topic)
    {
        var publisher = silos.Last.Client("returns-p");
        for (var i = 0; i < Messages; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync(topic, $"{i}"));
    }

    /// <summary>Each once, in whatever order: a shared subscription has none.</summary>
    private static async Task AssertGetsAsync(TestClient client, int messages)
    {
        var received = new List<int>();
        while (received.Count < messages) received.Add(int.Parse(await client.NextPayloadAsync()));
        Assert.Equal(Enumerable.Range(0, messages), received.Order());
    }

    private static async Task AssertHasNothingMoreAsync(TestClient client)
    {
        await client.SubscribeAsync($"{client.ClientId}/end");
        Assert.Equal(ReasonCode.Success, await client.PublishAsync($"{client.ClientId}/end", "end"));
        Assert.Equal("end", await client.NextPayloadAsync());
    }

    private Task AssertNothingIsAwaitedAsync() => BrokerCluster.EventuallyAsync(() => _cluster.Nodes.All(static node => node.Outstanding.Count == 0));
}
