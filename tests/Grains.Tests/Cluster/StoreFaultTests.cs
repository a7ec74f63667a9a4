using OrleansBroker.Broker.Options;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Nothing is promised that is not stored (invariant B5), and a store that does not answer is said to the client.</summary>
public sealed class StoreFaultTests : IAsyncLifetime
{
    private static readonly TimingOptions Quick = new() { StoreWait = TimeSpan.FromMilliseconds(400), SubscribeTimeout = TimeSpan.FromMilliseconds(400) };

    private readonly FaultyStore _store = new();
    private BrokerCluster _cluster = null!;
    private BrokerNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await BrokerCluster.StartAsync(store: _store, timing: Quick);
        _node = _cluster.Node;
        await _cluster.OpenShardsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _store.ReleaseCommits();
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Connect_JournalCannotBeOpened_88UntilItCan()
    {
        var client = _node.Client("a");
        _store.RefusedKind = "session";
        Assert.Equal(ReasonCode.ServerUnavailable, await client.TryConnectAsync(TestClient.Durable));
        _store.RefusedKind = null;
        _store.HangingKind = "session";
        Assert.Equal(ReasonCode.ServerUnavailable, await client.TryConnectAsync(TestClient.Durable));
        _store.HangingKind = null;

        Assert.False(await client.ConnectAsync(TestClient.Durable));
    }

    [Fact]
    public async Task Connect_StoreCannotBeRead_88UntilItCan()
    {
        var client = _node.Client("a");
        _store.RefusesReads = true;
        Assert.Equal(ReasonCode.ServerUnavailable, await client.TryConnectAsync());
        _store.RefusesReads = false;
        _store.HangsReads = true;
        Assert.Equal(ReasonCode.ServerUnavailable, await client.TryConnectAsync());
        Assert.Equal(0, _store.ReadsThatHang);
        _store.HangsReads = false;

        Assert.False(await client.ConnectAsync());
    }

    [Fact]
    public async Task Connect_CommitDoesNotCome_88AndLeavesNoSession()
    {
        var client = _node.Client("a");
        var held = _store.HoldCommits("session");
        var connecting = client.TryConnectAsync(TestClient.Durable);
        await held;
        client.HasNothing();
        Assert.Equal(ReasonCode.ServerUnavailable, await connecting);
        client.HasNothing();
        // Who stores nothing does not wait.
        await _node.Client("b").ConnectAsync();
        _store.ReleaseCommits();

        Assert.False(await client.ConnectAsync(TestClient.Durable));
    }

    [Fact]
    public async Task Subscribe_CommitDoesNotCome_83AndNoRoute()
    {
        var client = _node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        var held = _store.HoldCommits("session");
        var subscribing = client.SendSubscribeAsync("s/a/t");
        await held;
        client.HasNothing();
        await subscribing;
        Assert.Equal("83", (await client.NextAsync<Sent.SubAck>()).Codes);
        _store.ReleaseCommits();

        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("s/a/t", "x"));
    }

    [Fact]
    public async Task Subscribe_ShardsCommitDoesNotCome_83()
    {
        var client = _node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        var held = _store.HoldCommits("shard");
        var subscribing = client.SendSubscribeAsync("s/a/t");
        await held;
        client.HasNothing();
        await subscribing;
        Assert.Equal("83", (await client.NextAsync<Sent.SubAck>()).Codes);
        _store.ReleaseCommits();

        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("s/a/t", "x"));
    }

    [Fact]
    public async Task Subscribe_ShardOpensTooLate_83AndNothingComesByIt()
    {
        var client = _node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        await _cluster.DeactivateShardAsync("s/a/t");
        _store.HangingKind = "shard";

        await client.SendSubscribeAsync(["s/a/t", "s/a/#"]);
        Assert.Equal("83,83", (await client.NextAsync<Sent.SubAck>()).Codes);
        _store.HangingKind = null;
        // The registrations may arrive now; the session does not hold these subscriptions.
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync("s/a/t", "x"));
        await client.SubscribeAsync("s/a/t");
        Assert.Equal(ReasonCode.Success, await client.PublishAsync("s/a/t", "y"));

        Assert.Equal("y", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Answers_BeforeTheCommit_AreNotSent()
    {
        var client = _node.Client("a");
        var connected = client.ConnectAsync(TestClient.Durable);
        await connected;
        await ExpectHeldAsync(client, () => client.SendSubscribeAsync("s/a/t", QoS.ExactlyOnce), "01");
        Assert.Equal("02", (await client.NextAsync<Sent.SubAck>()).Codes);
        await ExpectHeldAsync(client, () => client.SendUnsubscribeAsync("s/a/t"), "01");
        Assert.Equal("00", (await client.NextAsync<Sent.UnsubAck>()).Codes);
        await ExpectHeldAsync(client, () => Completed(() => client.PublishExactlyOnce("s/a/t", "x", id: 5)), "01");
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 5), await client.NextAsync());
        await ExpectHeldAsync(client, () => Completed(() => client.Connection.Answer(PacketType.PubRel, 5)), "01");
        Assert.Equal(new Sent.Ack(PacketType.PubComp, 5), await client.NextAsync());
    }

    [Fact]
    public async Task Publish_ToADurableSession_SettledByCommitOrByAcknowledgement()
    {
        var client = _node.Client("a");
        client.Prepare = static connection => connection.Acknowledges = false;
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("s/a/t");
        var held = _store.HoldCommits("session");
        var settled = new[] { client.PublishAsync("s/a/t", "1"), client.PublishAsync("s/a/t", "2") };
        await held;
        var first = await client.NextAsync<Sent.Message>();
        Assert.Equal("2", await client.NextPayloadAsync());
        Assert.All(settled, static task => Assert.False(task.IsCompleted));

        client.Connection.Answer(PacketType.PubAck, first.Id);

        Assert.Equal(ReasonCode.Success, await settled[0]);
        Assert.False(settled[1].IsCompleted);
        _store.ReleaseCommits();
        Assert.Equal(ReasonCode.Success, await settled[1]);
    }

    [Fact]
    public async Task Publish_ExactlyOnceToADurableSession_LeavesAfterTheCommit()
    {
        var client = _node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("s/a/t", QoS.ExactlyOnce);
        var publisher = _node.Client("b");
        await publisher.ConnectAsync();
        var held = _store.HoldCommits("session");
        publisher.PublishExactlyOnce("s/a/t", "2", id: 1);
        await held;
        publisher.HasNothing();
        client.HasNothing();
        _store.ReleaseCommits();

        Assert.Equal("2", await client.NextPayloadAsync());
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 1), await publisher.NextAsync());
    }

    [Fact]
    public async Task Publish_Retained_SettledByTheShardsCommit()
    {
        var client = _node.Client("a");
        var held = _store.HoldCommits("shard");
        var settled = client.PublishAsync("s/a/t", "kept", retain: true);
        await held;
        Assert.False(settled.IsCompleted);
        _store.ReleaseCommits();

        Assert.Equal(ReasonCode.NoMatchingSubscribers, await settled);
    }

    [Fact]
    public async Task Deliver_SessionCannotBeActivated_WaitsUntilItCan()
    {
        var client = _node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("s/a/t");
        await client.DisconnectAsync();
        await _cluster.DeactivateAsync("a");
        _store.RefusesReads = true;
        Task<ReasonCode>[] settled = [client.PublishAsync("s/a/t", "1"), client.PublishAsync("s/a/t", "2")];
        Assert.Equal(ReasonCode.ServerUnavailable, await client.TryConnectAsync(TestClient.Durable));
        Assert.All(settled, static task => Assert.False(task.IsCompleted));
        _store.RefusesReads = false;

        Assert.All(await Task.WhenAll(settled), static reason => Assert.Equal(ReasonCode.Success, reason));
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        Assert.Equal("1", await client.NextPayloadAsync());
        Assert.Equal("2", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Publish_ShardCannotBeOpened_WaitsUntilItCanInOrder()
    {
        var client = _node.Client("a");
        await client.ConnectAsync();
        await client.SubscribeAsync("s/a/t");
        // A transient session's route goes with its shard: its own durable one stays.
        var durable = _node.Client("b");
        await durable.ConnectAsync(TestClient.Durable);
        await durable.SubscribeAsync("s/a/t");
        _store.RefusedKind = "shard";
        await _cluster.DeactivateShardAsync("s/a/t");
        var settled = Enumerable.Range(0, 10).Select(i => client.PublishAsync("s/a/t", $"{i}")).ToArray();
        Assert.All(settled, static task => Assert.False(task.IsCompleted));
        _store.RefusedKind = null;

        Assert.All(await Task.WhenAll(settled), static reason => Assert.Equal(ReasonCode.Success, reason));
        for (var i = 0; i < 10; i++) Assert.Equal($"{i}", await durable.NextPayloadAsync());
    }

    [Theory]
    [InlineData("shard")]
    [InlineData("session")]
    public async Task Publish_WhileTheReceiverOpens_NothingOvertakes(string kind)
    {
        var client = _node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("s/a/t");
        await client.DisconnectAsync();
        _store.RefusedKind = kind;
        await (kind == "shard" ? _cluster.DeactivateShardAsync("s/a/t") : _cluster.DeactivateAsync("a"));

        var settled = new List<Task<ReasonCode>>();
        for (var i = 0; i < 10; i++) settled.Add(client.PublishAsync("s/a/t", $"{i}"));
        _store.RefusedKind = null;
        // Publishes on until the first has arrived, and some more then.
        for (var last = int.MaxValue; settled.Count < last; Thread.SpinWait(20_000))
        {
            if (last == int.MaxValue && settled[0].IsCompleted) last = settled.Count + 200;
            settled.Add(client.PublishAsync("s/a/t", $"{settled.Count}"));
        }

        Assert.All(await Task.WhenAll(settled), static reason => Assert.Equal(ReasonCode.Success, reason));
        await client.ConnectAsync(TestClient.Durable);
        for (var i = 0; i < settled.Count; i++) Assert.Equal($"{i}", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Session_JournalHasAnotherOwner_PromisesNothingMore()
    {
        var client = _node.Client("a");
        client.Prepare = static connection => connection.Acknowledges = false;
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("s/a/t");
        // Committed behind all that SUBSCRIBE wrote, of which some may still be on its way after SUBACK: it would be refused before the message below.
        Assert.Equal(ReasonCode.Success, await client.PublishAsync("s/a/t", "0"));
        Assert.Equal("0", await client.NextPayloadAsync());
        await _store.Inner.OpenAsync(new JournalId("session", "a"), WriterId.New(), new NoReplay(), TestContext.Current.CancellationToken);

        Assert.Equal(ReasonCode.QuotaExceeded, await client.PublishAsync("s/a/t", "1"));

        Assert.Equal("1", await client.NextPayloadAsync());
        Assert.Equal(new Sent.Closed(ReasonCode.ServerBusy), await client.NextAsync());
        // The next activation owns it again.
        Assert.Equal(ReasonCode.Success, await client.PublishAsync("s/a/t", "2"));
        Assert.True(await client.ConnectAsync(TestClient.Durable));
        Assert.Equal("0", await client.NextPayloadAsync());
        Assert.Equal("2", await client.NextPayloadAsync());
    }

    [Fact]
    public async Task Session_JournalHasAnotherOwner_NextActivationGetsWhatADurablePublisherWasPromised()
    {
        var receiver = _node.Client("a");
        await receiver.ConnectAsync(TestClient.Durable);
        await receiver.SubscribeAsync("s/a/t", QoS.ExactlyOnce);
        Assert.Equal(ReasonCode.Success, await receiver.PublishAsync("s/a/t", "0"));
        Assert.Equal("0", await receiver.NextPayloadAsync());
        var publisher = _node.Client("b");
        await publisher.ConnectAsync(TestClient.Durable);
        await _store.Inner.OpenAsync(new JournalId("session", "a"), WriterId.New(), new NoReplay(), TestContext.Current.CancellationToken);

        publisher.PublishExactlyOnce("s/a/t", "1", id: 1);
        // PUBREC says that the message is in the publisher's own journal.
        Assert.Equal(new Sent.Ack(PacketType.PubRec, 1), await publisher.NextAsync());

        Assert.Equal(new Sent.Closed(ReasonCode.ServerBusy), await receiver.NextAsync());
        Assert.True(await receiver.ConnectAsync(TestClient.Durable));
        Assert.Equal("1", await receiver.NextPayloadAsync());
    }

    [Fact]
    public async Task Shard_JournalHasAnotherOwner_HandsWhatIsNotStoredToTheNext()
    {
        var shard = _cluster.Space.OfTopic("s/a/t"u8).ToString("D5");
        var client = _node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("s/a/t");
        await _store.Inner.OpenAsync(new JournalId("shard", shard), WriterId.New(), new NoReplay(), TestContext.Current.CancellationToken);

        Assert.Equal(ReasonCode.Success, await client.PublishAsync("s/a/t", "1", retain: true));
        // By the shard that could not store it, and by its next owner, which has.
        Assert.Equal("1", await client.NextPayloadAsync());
        Assert.Equal("1", await client.NextPayloadAsync());
        var reader = _node.Client("b");
        await reader.ConnectAsync();
        await reader.SubscribeAsync("s/a/t");
        Assert.Equal("1", await reader.NextPayloadAsync());
    }

    private static Task Completed(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    /// <summary>While the commit is held nothing is sent, although the monitor has run what followed.</summary>
    private async Task ExpectHeldAsync(TestClient client, Func<Task> act, string other)
    {
        var held = _store.HoldCommits("session");
        var acting = act();
        await held;
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await _node.Client(other).PublishAsync("s/nobody", "x"));
        client.HasNothing();
        _store.ReleaseCommits();
        await acting;
    }

    private sealed class NoReplay : IJournalReplay
    {
        public void Replay(in JournalRecord record)
        {
            // Only the opening counts.
        }
    }
}
