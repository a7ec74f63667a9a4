using System.Text;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Cluster;

public sealed class SessionLifeTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private readonly BrokerCluster _cluster = silo.Cluster;
    private readonly BrokerNode _node = silo.Node;

    [Fact]
    public async Task Connect_Again_SessionPresentOnlyWhenItIs()
    {
        var client = _node.Client("present");
        Assert.False(await client.ConnectAsync(TestClient.Durable));
        await client.DisconnectAsync();
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        await client.DisconnectAsync(expiry: 0);
        Assert.False(await client.ConnectAsync());
        await client.DisconnectAsync();
        Assert.False(await client.ConnectAsync());
    }

    [Fact]
    public async Task Answers_ToAConnectionOfThisNode_AreWrittenByTheGrainsThread()
    {
        var client = _node.Client("answers");
        await client.ConnectAsync();
        await client.SubscribeAsync("answers/a/t");
        await client.UnsubscribeAsync("answers/a/t");

        Assert.Equal(0, client.Connection.AnswersOutOfTurn);
        Assert.False(_node.Registry.IsInTurn);
    }

    [Fact]
    public void SessionGrains_ForAClientId_GiveTheReferenceThatOrleansGives()
    {
        var grains = new SessionGrains(_node.Grains);
        Assert.Equal(_node.Grains.GetGrain<ISessionGrain>(new SessionKey("named").ToGrainKey()), grains.For("named"));
        Assert.NotEqual(grains.For("other"), grains.For("named"));
    }

    [Fact]
    public async Task Connect_WhileConnected_OlderIsClosedWith8E()
    {
        var (older, newer) = (_node.Client("taken"), _node.Client("taken"));
        await older.ConnectAsync(TestClient.Durable);
        await older.SubscribeAsync("taken/a/t");

        Assert.True(await newer.ConnectAsync(TestClient.Durable));
        await older.DisconnectAsync();
        await newer.PublishAsync("taken/a/t", "x");

        Assert.Equal(new Sent.Closed(ReasonCode.SessionTakenOver), await older.NextAsync());
        Assert.Equal("x", await newer.NextPayloadAsync());
    }

    [Fact]
    public async Task Connect_ReadAfterThatOfANewerConnection_DoesNotTakeOverWhenItsClientIsGone()
    {
        var (left, used) = (_node.Client("overtaken"), _node.Client("overtaken"));
        left.Accept();
        await used.ConnectAsync(TestClient.Durable, cleanStart: true);
        await used.SubscribeAsync("overtaken/a/t");
        left.Connection.HasClientHungUp = true;

        Assert.Equal(ReasonCode.ServerUnavailable, await left.TryConnectAcceptedAsync(cleanStart: true));
        await used.PublishAsync("overtaken/a/t", "x");
        Assert.Equal("x", await used.NextPayloadAsync());
    }

    [Fact]
    public async Task Connect_ReadAfterANewerConnectionHasGone_DoesNotEndItsSession()
    {
        var (left, used) = (_node.Client("outlived"), _node.Client("outlived"));
        left.Accept();
        await used.ConnectAsync(TestClient.Durable, cleanStart: true);
        await used.DisconnectAsync();
        left.Connection.HasClientHungUp = true;

        Assert.Equal(ReasonCode.ServerUnavailable, await left.TryConnectAcceptedAsync(cleanStart: true));
        Assert.True(await used.ConnectAsync(TestClient.Durable));
    }

    [Fact]
    public async Task Connect_OnAnOlderConnectionThatIsOpen_TakesOver()
    {
        var (older, newer) = (_node.Client("patient"), _node.Client("patient"));
        older.Accept();
        await newer.ConnectAsync();

        Assert.Equal(ReasonCode.Success, await older.TryConnectAcceptedAsync());
        Assert.Equal(new Sent.Closed(ReasonCode.SessionTakenOver), await newer.NextAsync());
    }

    [Fact]
    public async Task Subscribe_OfTheReplacedConnection_ChangesNothing()
    {
        var (older, newer) = (_node.Client("late"), _node.Client("late"));
        await older.ConnectAsync();
        await newer.ConnectAsync();
        await older.SendSubscribeAsync("late/a/t");

        Assert.Equal(ReasonCode.NoMatchingSubscribers, await newer.PublishAsync("late/a/t", "x"));
    }

    [Fact]
    public async Task Deactivation_OfADurableSession_LosesNothing()
    {
        var client = _node.Client("asleep");
        client.Prepare = static connection => connection.Acknowledges = false;
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("asleep/a/t", QoS.ExactlyOnce);
        await client.PublishAsync("asleep/a/t", "sent");
        var sent = await client.NextAsync<Sent.Message>();
        await client.DisconnectAsync();
        await client.PublishAsync("asleep/a/t", "queued");

        await _cluster.DeactivateAsync("asleep");
        Assert.False(_cluster.IsActive("asleep"));
        Assert.Equal(ReasonCode.Success, await client.PublishAsync("asleep/a/t", "woken"));
        Assert.True(await client.ConnectAsync(TestClient.Durable));

        Assert.Equal(sent with { Duplicate = true }, await client.NextAsync());
        Assert.Equal("queued", await client.NextPayloadAsync());
        Assert.Equal("woken", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Deactivation_WhileConnected_ClosesTheConnection()
    {
        var client = _node.Client("cut");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("cut/a/t");

        await _cluster.DeactivateAsync("cut");
        await client.PublishAsync("cut/a/t", "kept");

        Assert.Equal(new Sent.Closed(ReasonCode.ServerBusy), await client.NextAsync());
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        Assert.Equal("kept", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Deactivation_MidOfExactlyOnce_GoesOnWhereItWas()
    {
        var subscriber = _node.Client("once-s");
        await subscriber.ConnectAsync();
        await subscriber.SubscribeAsync("once/a/t", QoS.ExactlyOnce);
        var publisher = _node.Client("once-p");
        await publisher.ConnectAsync(TestClient.Durable);
        publisher.PublishExactlyOnce("once/a/t", "once", id: 9);
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 9), await publisher.NextAsync());

        await publisher.DisconnectAsync();
        await _cluster.DeactivateAsync("once-p");
        Assert.True(await publisher.ConnectAsync(TestClient.Durable));
        publisher.PublishExactlyOnce("once/a/t", "once", id: 9);
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 9), await publisher.NextAsync());
        publisher.Connection.Answer(PacketType.PubRel, 9);
        Assert.Equal(new Sent.Ack(PacketType.PubComp, 9), await publisher.NextAsync());
        await publisher.PublishAsync("once/a/t", "end");

        Assert.Equal("once", await subscriber.NextPayloadAsync());
        Assert.IsType<Sent.Ack>(await subscriber.NextAsync());
        Assert.Equal("end", await subscriber.NextPayloadAsync());
    }

    [Fact]
    public async Task ShardDeactivation_KeepsRetainedAndDurableRoutes()
    {
        var client = _node.Client("shard-s");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("shard/a/+");
        await client.PublishAsync("shard/a/r", "retained", retain: true);
        Assert.Equal("retained", await client.NextPayloadAsync());

        await _cluster.DeactivateShardAsync("shard/a/r");
        Assert.Equal(ReasonCode.Success, await client.PublishAsync("shard/a/t", "live"));
        var late = _node.Client("shard-late");
        await late.ConnectAsync();
        await late.SubscribeAsync("shard/a/+");

        Assert.Equal("live", await client.NextPayloadAsync());
        Assert.Equal("retained", await late.NextPayloadAsync());
    }

    [Fact]
    public async Task CleanStart_EndsTheOldSession()
    {
        var client = _node.Client("clean");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("clean/a/t");
        await client.DisconnectAsync();
        await client.PublishAsync("clean/a/t", "old");

        Assert.False(await client.ConnectAsync(TestClient.Durable, cleanStart: true));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("clean/a/t", "foreign"));
        await client.SubscribeAsync("clean/b/t");
        await client.PublishAsync("clean/b/t", "new");

        Assert.Equal("new", await client.NextPayloadAsync());
        await client.DisconnectAsync();
        await _cluster.DeactivateAsync("clean");
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("clean/a/t", "foreign"));
        client.HasNothing();
    }

    [Fact]
    public async Task CleanStart_TransientOverDurable_OldSessionDoesNotComeBack()
    {
        var client = _node.Client("over");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("over/a/t");
        await client.DisconnectAsync();
        Assert.False(await client.ConnectAsync(cleanStart: true));

        // As after a crash: the activation goes while the transient session is connected.
        await _cluster.DeactivateAsync("over");

        Assert.False(await client.ConnectAsync());
    }

    [Fact]
    public async Task SessionEnd_RemovesRoutesAndJournal()
    {
        var client = _node.Client("ends");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("ends/a/t");
        await client.SubscribeAsync("+/ends/#");
        await client.DisconnectAsync(expiry: 0);

        await _cluster.WaitForDeactivationAsync("ends");

        Assert.DoesNotContain(new JournalId("session", "ends"), await silo.Store.ListAsync("session", null, 100, TestContext.Current.CancellationToken));
        await _cluster.DeactivateShardAsync("ends/a/t");
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("ends/a/t", "x"));
        Assert.False(_cluster.IsActive("ends"));
    }

    [Fact]
    public async Task SessionEnd_OfATransientSession_LetsItsActivationGo()
    {
        var client = _node.Client("short");
        await client.ConnectAsync();
        await client.SubscribeAsync("short/a/t");
        await client.DisconnectAsync();

        await _cluster.WaitForDeactivationAsync("short");
        Assert.Null(_node.Sessions.Find("short"));
    }

    [Fact]
    public async Task Disconnect_OfNoSession_LeavesNoActivation()
    {
        var client = _node.Client("nothing");
        await client.ConnectAsync();
        await client.DisconnectAsync();
        await _cluster.WaitForDeactivationAsync("nothing");

        await client.DisconnectAsync();

        await _cluster.WaitForDeactivationAsync("nothing");
    }

    [Fact]
    public async Task Resubscribe_ThenUnsubscribe_DoesNotComeBackWithTheReplay()
    {
        var client = _node.Client("again");
        await client.ConnectAsync(TestClient.Durable);
        for (var i = 0; i < 3; i++) await client.SubscribeAsync("again/a/t");
        await client.UnsubscribeAsync("again/a/t");
        await client.DisconnectAsync();
        await _cluster.DeactivateAsync("again");
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        await client.PublishAsync("again/a/t", "retained", retain: true);

        // A filter that is new to the session brings the retained message.
        await client.SubscribeAsync("again/a/t", handling: RetainHandling.SendIfNewSubscription);

        Assert.Equal("retained", await client.NextPayloadAsync());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(TestClient.Durable)]
    public async Task Will_AfterItsDelay_IsPublishedOnce(uint expiry)
    {
        var watcher = _node.Client("will-w" + expiry);
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync($"will/{expiry}/t");
        var client = _node.Client("will" + expiry);
        await client.ConnectAsync(expiry, will: Will($"will/{expiry}/t", QoS.AtMostOnce, delay: 1));
        await client.DisconnectAsync(publishWill: true);

        Assert.Equal("bye", await watcher.NextPayloadAsync());

        // Neither a replay nor another disconnect brings it again.
        if (expiry > 0) await _cluster.DeactivateAsync("will" + expiry);
        await client.ConnectAsync(expiry);
        await client.DisconnectAsync(publishWill: true);
        await client.PublishAsync($"will/{expiry}/t", "end");
        Assert.Equal("end", await watcher.NextPayloadAsync());
    }

    [Fact]
    public async Task Will_ReconnectWithinItsDelay_IsNotPublished()
    {
        var watcher = _node.Client("back-w");
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync("back/a/t");
        var client = _node.Client("back");
        await client.ConnectAsync(TestClient.Durable, will: Will("back/a/t", QoS.AtLeastOnce, delay: 60));
        await client.DisconnectAsync(publishWill: true);
        await client.ConnectAsync(TestClient.Durable);
        await client.DisconnectAsync(publishWill: true);
        await client.PublishAsync("back/a/t", "end");

        Assert.Equal("end", await watcher.NextPayloadAsync());
    }

    [Fact]
    public async Task KeepAlive_Silence_Closes8DAndPublishesTheWill()
    {
        var watcher = _node.Client("silent-w");
        await watcher.ConnectAsync();
        await watcher.SubscribeAsync("silent/a/t");
        var client = _node.Client("silent");
        await client.ConnectAsync(keepAlive: 1, will: Will("silent/a/t", QoS.AtLeastOnce, delay: 0));

        Assert.Equal(new Sent.Closed(ReasonCode.KeepAliveTimeout), await client.NextAsync());
        Assert.Equal("bye", await watcher.NextPayloadAsync());
    }

    [Fact]
    public async Task Expiry_Passed_SessionIsGone()
    {
        var client = _node.Client("expires");
        await client.ConnectAsync(expiry: 1);
        await client.SubscribeAsync("expires/a/t");
        await client.DisconnectAsync();

        await _cluster.WaitForDeactivationAsync("expires");

        Assert.False(await client.ConnectAsync(expiry: 1));
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("expires/a/t", "x"));
    }

    private static WillMessage Will(string topic, QoS qos, uint delay) =>
        new(Encoding.UTF8.GetBytes(topic + "bye"), topic.Length, 0, qos, Retain: false, delay, ExpirySeconds: null);
}
