using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>What a node that is gone left in the store happens though no client ever comes back (invariant B9).</summary>
public sealed class SessionSweepTests : IJournalOwner, IAsyncLifetime
{
    private static readonly BrokerClock Clock = new(TimeProvider.System);

    private readonly MemoryJournalStore _store = new(BrokerCluster.Shards);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Sweep_SessionThatEndedWithItsNode_WillIsPublishedAndNothingStays()
    {
        await LeaveAsync("transient", expirySeconds: 0, disconnectedAt: null, willDelaySeconds: 0);
        await using var cluster = await StartAsync();
        await AssertWillAsync(cluster, "transient");
        await AssertNothingStaysAsync();
    }

    [Fact]
    public async Task Sweep_SessionThatWasConnected_WillIsPublishedOnceAndItStays()
    {
        await LeaveAsync("durable", expirySeconds: 3600, disconnectedAt: null, willDelaySeconds: 0);
        await using var cluster = await StartAsync();
        await AssertWillAsync(cluster, "durable");
        await BrokerCluster.EventuallyAsync(() => AttachedOwners() == 0);
        Assert.Equal(1, Sessions());
        Assert.True(await cluster.Node.Client("durable").ConnectAsync(TestClient.Durable));
    }

    [Fact]
    public async Task Sweep_SessionThatExpiredMeanwhile_Ends()
    {
        await LeaveAsync("expired", expirySeconds: 60, disconnectedAt: Clock.NowMilliseconds - 61_000, willDelaySeconds: 3600);
        await using var cluster = await StartAsync();
        await AssertWillAsync(cluster, "expired");
        await AssertNothingStaysAsync();
    }

    [Fact]
    public async Task Sweep_EntryWithoutASession_IsRemoved()
    {
        await using (var writer = new JournalWriter(_store, WriterId.New(), TimeProvider.System))
        {
            var opened = await writer.OpenAsync(new JournalId("session", "nothing"), this, new SessionReplay(Clock), TestContext.Current.CancellationToken);
            opened.Journal.SetDue(1);
            await writer.WhenIdleAsync(TestContext.Current.CancellationToken);
        }

        await using var cluster = await StartAsync();
        await AssertNothingStaysAsync();
    }

    void IJournalOwner.Committed(ulong number)
    {
        // The test waits until the writer is idle.
    }

    void IJournalOwner.Fenced()
    {
        // The next owner has it.
    }

    /// <summary>A session as a node leaves it that is killed.</summary>
    private async Task LeaveAsync(string clientId, uint expirySeconds, long? disconnectedAt, uint willDelaySeconds)
    {
        await using var writer = new JournalWriter(_store, WriterId.New(), TimeProvider.System);
        var opened = await writer.OpenAsync(new JournalId("session", clientId), this, new SessionReplay(Clock), TestContext.Current.CancellationToken);
        var journal = new SessionJournal(opened.Journal, Clock, writer.Id.ToString(), opened.Opening);
        journal.PutHeader(new SessionHeader(Incarnation: 1, Epoch: 1, ProtocolVersion.Mqtt5, expirySeconds, null, disconnectedAt));
        byte[] body = [.. "wills/"u8, .. System.Text.Encoding.UTF8.GetBytes(clientId), .. "gone"u8];
        journal.PutWill(new WillMessage(body, body.Length - 4, 0, QoS.AtLeastOnce, Retain: true, willDelaySeconds, null));
        journal.PutIndexes(disconnectedAt is null, disconnectedAt is { } at ? at + (expirySeconds * 1000) : Session.Never);
        await writer.WhenIdleAsync(TestContext.Current.CancellationToken);
    }

    private async Task<BrokerCluster> StartAsync()
    {
        var cluster = await BrokerCluster.StartAsync(store: _store);
        await cluster.OpenShardsAsync();
        return cluster;
    }

    private static async Task AssertWillAsync(BrokerCluster cluster, string clientId)
    {
        var reader = cluster.Node.Client("reader");
        await reader.ConnectAsync();
        await reader.SubscribeAsync("wills/" + clientId);
        Assert.Equal("gone", await reader.NextPayloadAsync());
        await reader.DisconnectAsync();
    }

    private Task AssertNothingStaysAsync() => BrokerCluster.EventuallyAsync(() => Sessions() == 0 && AttachedOwners() == 0);

    // The memory store answers at once.
    private int Sessions() => _store.ListAsync("session", null, 10, CancellationToken.None).AsTask().Result.Count;

    private int AttachedOwners() => _store.AttachedOwnersAsync(null, null, 10, CancellationToken.None).AsTask().Result.Count;
}
