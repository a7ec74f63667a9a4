using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Two silos of which one cannot renew its lease: it promises nothing until it can, and nothing then that is another's (invariant B1).</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimingOptions Quick = new() { StoreWait = TimeSpan.FromMilliseconds(500), SubscribeTimeout = TimeSpan.FromSeconds(2) };

    private readonly FaultyStore _store = new();
    private BrokerCluster _cluster = null!;
    private BrokerNode _stalled = null!;
    private BrokerNode _other = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await BrokerCluster.StartAsync(silos: 2, store: _store, timing: Quick, hasLeases: true);
        await _cluster.OpenShardsAsync();
        (_stalled, _other) = (_cluster.Nodes[0], _cluster.Nodes[1]);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Leases.ReleaseRenewals(_stalled.Writer);
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Start_BothSilos_HaveALeaseOfTheirOwn()
    {
        await _stalled.Lease!.WhenValidAsync(CancellationToken.None).AsTask().Soon();
        await _other.Lease!.WhenValidAsync(CancellationToken.None).AsTask().Soon();
        Assert.NotEqual(_stalled.Writer, _other.Writer);
    }

    [Fact]
    public async Task Stop_SiloWithOpenShards_EndsItsLeaseWhenAllAreClosed()
    {
        var shards = Enumerable.Range(0, BrokerCluster.Shards).Where(shard => _stalled.Shards.Find(shard) is not null).Select(shard => new JournalId("shard", shard.ToString("D5"))).ToArray();
        Assert.NotEmpty(shards);
        var open = new List<JournalId>();
        var ended = 0;
        _store.Leases.Ending = async writer =>
        {
            if (writer != _stalled.Writer) return;
            ended++;
            foreach (var shard in shards)
            {
                var opening = await _store.Inner.OpenAsync(shard, WriterId.New(), new NoReplay(), CancellationToken.None);
                if (!opening.PreviousClosed && opening.PreviousWriter == _stalled.Writer) open.Add(shard);
            }
        };
        await _cluster.StopAsync(_stalled);
        Assert.Equal(1, ended);
        Assert.Empty(open);
    }

    [Fact]
    public async Task Publish_LeaseRanOut_WaitsInOrderWhileQoS0GoesOn()
    {
        var topic = TopicAt(_stalled, "a");
        var client = _stalled.Client("a");
        await client.ConnectAsync();
        await client.SubscribeAsync(topic);
        await StallAsync();
        Task<ReasonCode>[] waiting = [.. Enumerable.Range(0, 10).Select(i => client.PublishAsync(topic, $"m{i}"))];
        await client.PublishAsync(topic, "at most once", QoS.AtMostOnce);
        Assert.Equal("at most once", await client.NextPayloadAsync());
        Assert.DoesNotContain(waiting, static publish => publish.IsCompleted);
        client.HasNothing();

        _store.Leases.ReleaseRenewals(_stalled.Writer);
        Assert.All(await Task.WhenAll(waiting), static reason => Assert.Equal(ReasonCode.Success, reason));
        for (var i = 0; i < 10; i++) Assert.Equal($"m{i}", await client.NextPayloadAsync());
        client.HasNothing();
        Assert.True(_stalled.Counters.Read(BrokerCounter.LeasesLapsed) > 0);
    }

    [Fact]
    public async Task Connect_LeaseRanOut_88UntilItIsValid()
    {
        await StallAsync();
        var client = _stalled.Client("a");
        Assert.Equal(ReasonCode.ServerUnavailable, await client.TryConnectAsync());
        client.HasNothing();
        _store.Leases.ReleaseRenewals(_stalled.Writer);
        await _stalled.Lease!.WhenValidAsync(CancellationToken.None).AsTask().Soon();
        Assert.False(await client.ConnectAsync());
    }

    /// <summary>Whoever has the journal by now keeps it: a silo that stood still may have been declared dead.</summary>
    [Fact]
    public async Task Connect_LeaseRanOut_TakesNoJournalFromAnyone()
    {
        await StallAsync();
        Assert.Equal(ReasonCode.ServerUnavailable, await _stalled.Client("a").TryConnectAsync(TestClient.Durable));
        var opening = await _store.Inner.OpenAsync(new JournalId("session", "a"), WriterId.New(), new NoReplay(), CancellationToken.None);
        Assert.Null(opening.PreviousWriter);
    }

    /// <summary>Of a session that ends with its connection nobody writes anything: only the lease keeps the shard from confirming it.</summary>
    [Fact]
    public async Task Subscribe_LeaseRanOut_83AndNothingComesByIt()
    {
        var topic = TopicAt(_stalled, "a");
        var client = _stalled.Client("a");
        await client.ConnectAsync();
        await StallAsync();
        await client.SendSubscribeAsync(topic);
        Assert.Equal("83", (await client.NextAsync<Sent.SubAck>()).Codes);
        _store.Leases.ReleaseRenewals(_stalled.Writer);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, await client.PublishAsync(topic, "x"));
    }

    [Fact]
    public async Task Open_PreviousOwnerHasALease_WaitsUntilItHasRunOut()
    {
        var shard = ShardOf(TopicAt(_stalled, "a"));
        _store.Leases.HoldRenewals(_stalled.Writer);
        var monitor = await _other.OpenShardAsync(shard, static _ => { });
        Assert.False(_stalled.Lease!.IsValid);
        Assert.True(_other.Lease!.IsValid);
        monitor.Close();
    }

    [Fact]
    public async Task Publish_AnotherSiloHasTheShardByNow_IsAcknowledgedByThatOneAlone()
    {
        var topic = TopicAt(_stalled, "a");
        var pair = _stalled.Client("pair");
        await pair.ConnectAsync();
        await pair.SubscribeAsync(topic);
        Assert.Equal(ReasonCode.Success, await pair.PublishAsync(topic, "before"));
        Assert.Equal("before", await pair.NextPayloadAsync());
        var late = _other.Client("late");
        await late.ConnectAsync(TestClient.Durable);
        await late.SubscribeAsync("somewhere/else/t");
        await StallAsync();
        var first = pair.PublishAsync(topic, "first");

        // The rest of the cluster has given the silo up: its shard is opened anew, and takes a subscription.
        var isLost = new TaskCompletionSource();
        var shard = await _other.OpenShardAsync(ShardOf(topic), _ => isLost.TrySetResult());
        await shard.RegisterAsync([await RouteAsync(late, topic)]);
        var second = pair.PublishAsync(topic, "second");
        await pair.PublishAsync(topic, "at most once", QoS.AtMostOnce);
        Assert.Equal("at most once", await pair.NextPayloadAsync());
        pair.HasNothing();
        Assert.False(first.IsCompleted || second.IsCompleted);

        var zombie = _stalled.Shards.Find(ShardOf(topic))!;
        _store.Leases.ReleaseRenewals(_stalled.Writer);
        Assert.Equal([ReasonCode.Success, ReasonCode.Success], await Task.WhenAll(first, second));
        Assert.Equal("first", await late.NextPayloadAsync());
        Assert.Equal("second", await late.NextPayloadAsync());
        Assert.NotSame(zombie, _stalled.Shards.Find(ShardOf(topic)));
        // The grain was opened once more for the messages, and what the test had opened in its place is fenced in turn.
        await isLost.Task.Soon();
    }

    private sealed class NoReplay : IJournalReplay
    {
        public void Replay(in JournalRecord record)
        {
            // Only the opening counts.
        }
    }

    private async Task StallAsync()
    {
        _store.Leases.HoldRenewals(_stalled.Writer);
        await BrokerCluster.EventuallyAsync(() => _stalled.Lease!.HasLapsed);
    }

    private int ShardOf(string topic) => _cluster.Space.OfTopic(Encoding.UTF8.GetBytes(topic));

    /// <summary>A topic whose shard is on the silo.</summary>
    private string TopicAt(BrokerNode node, string name) =>
        Enumerable.Range(0, 1_000).Select(i => $"{name}/{i}/t").First(topic => node.Shards.Find(ShardOf(topic)) is not null);

    /// <summary>A route that the session takes for its own: it holds a subscription of that version.</summary>
    private async Task<RouteRecord> RouteAsync(TestClient client, string filter)
    {
        var session = _other.Sessions.Find(client.ClientId)!;
        var (incarnation, version) = await session.RunAsync(static session => (session.Incarnation, session.Subscriptions.Items.ToArray()[0].Version));
        return new RouteRecord(client.ClientId, filter, incarnation, version, QoS: 1, NoLocal: false, RetainAsPublished: false, 0, IsDurable: true, SendRetained: false, _other.Address);
    }
}
