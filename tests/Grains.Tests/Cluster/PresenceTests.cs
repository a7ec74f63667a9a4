using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Tests.Presence;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>The presence feed at a gateway, of sessions on two cores.</summary>
public sealed class PresenceTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    private readonly BrokerNode _first = silos.First;
    private readonly BrokerNode _second = silos.Second;
    private readonly BrokerNode _gateway = silos.Gateway;

    [Fact]
    public async Task Next_ClientComesAndGoes_IsToldWithReasons()
    {
        using var feed = await OpenAsync("tell");
        var client = _first.Client("tell");
        await client.ConnectAsync(TestClient.Durable, keepAlive: 60);
        await _second.DisconnectAsync("tell", ReasonCode.ServerBusy);
        await _second.EndAsync("tell");

        var events = await TakeAsync(feed, 3);

        Assert.Equal(["Connected tell", "Disconnected tell", "Ended tell"], events.Select(Happenings.Text));
        var (connected, disconnected) = (events[0].Event!.Value, events[1].Event!.Value);
        Assert.Equal((_first.Address, 5, (ushort)60), (connected.Gateway!, connected.Version, connected.KeepAliveSeconds));
        Assert.Equal((ReasonCode.ServerBusy, connected.Incarnation, connected.Epoch), (disconnected.Reason, disconnected.Incarnation, disconnected.Epoch));
    }

    [Fact]
    public async Task Next_ClientRoamsBetweenCores_IsInTheOrderOfItsEpochs()
    {
        const int times = 30;
        using var feed = await OpenAsync("roam");
        for (var i = 0; i < times; i++)
        {
            BrokerNode[] nodes = [_first, _second, _gateway];
            await nodes[i % nodes.Length].Client("roam").ConnectAsync(TestClient.Durable);
        }

        var events = await TakeAsync(feed, (2 * times) - 1);

        for (var i = 1; i < events.Count; i++) Assert.True(events[i - 1].Event!.Value.Precedes(events[i].Event!.Value), $"{events[i - 1].Event} before {events[i].Event}");
        Assert.Equal(times, events.Count(static entry => entry.Event!.Value.Kind == PresenceKinds.Connected));
        Assert.Equal(times - 1, events.Count(static entry => entry.Event!.Value.Kind == PresenceKinds.TakenOver));
    }

    [Fact]
    public async Task Open_WithAnyPosition_GoesOnBehindIt()
    {
        using var feed = await OpenAsync("resume");
        for (var i = 0; i < 10; i++)
        {
            var client = (i % 2 == 0 ? _first : _second).Client($"resume{i}");
            await client.ConnectAsync();
            await client.DisconnectAsync();
        }

        var all = await TakeAsync(feed, 30);
        for (var i = 0; i < 29; i++)
        {
            using var other = await _second.Feeds.OpenAsync(new PresenceFilter("resume", PresenceKinds.All), all[i].Position, CancellationToken.None);
            Assert.Equal(all.Skip(i + 1).Select(static entry => entry.Event).Order(ByText), (await TakeAsync(other!, 29 - i)).Select(static entry => entry.Event).Order(ByText));
        }
    }

    [Fact]
    public async Task Next_NothingWanted_IsEmptyAndMovesOn()
    {
        using var feed = (await _gateway.Feeds.OpenAsync(new PresenceFilter("none", PresenceKinds.Expired), null, CancellationToken.None))!;
        var before = feed.Position;
        await _first.Client("none").ConnectAsync();

        Assert.Empty(await feed.NextAsync(TimeSpan.FromMilliseconds(200), CancellationToken.None));

        Assert.NotEqual(before, feed.Position);
    }

    [Fact]
    public async Task Open_MoreThanTheNodeMayHave_IsRefusedUntilOneGoes()
    {
        var feeds = new List<IPresenceFeed>();
        while (await _second.Feeds.OpenAsync(Happenings.All, null, CancellationToken.None) is { } feed) feeds.Add(feed);

        Assert.Equal(16, feeds.Count);
        feeds[0].Dispose();
        feeds[0].Dispose();
        using var one = await _second.Feeds.OpenAsync(Happenings.All, null, CancellationToken.None);
        Assert.NotNull(one);
        Assert.Null(await _second.Feeds.OpenAsync(Happenings.All, null, CancellationToken.None));
        feeds.ForEach(static feed => feed.Dispose());
    }

    [Fact]
    public async Task Next_SlowerThanTheRing_IsToldHowManyItMissed()
    {
        using var feed = await OpenAsync("slow");
        var before = _first.Counters.Read(BrokerCounter.PresenceEventsLost);
        for (var i = 0; i < PresenceRing.Capacity + 10; i++) _first.Presence.Add(Happenings.Of($"slow{i}", 1));

        var events = await TakeAsync(feed, PresenceRing.Capacity + 1);

        Assert.Equal(_first.Address, events[0].Gap!.Node);
        Assert.True(events[0].Gap!.Lost >= 10);
        Assert.Equal(PresenceRing.Capacity - 1, events.FindLastIndex(static entry => entry.Event!.Value.ClientId == $"slow{PresenceRing.Capacity + 9}") - 1);
        Assert.Equal(events[0].Gap!.Lost, _first.Counters.Read(BrokerCounter.PresenceEventsLost) - before);
    }

    private static readonly Comparer<PresenceEvent?> ByText = Comparer<PresenceEvent?>.Create(static (a, b) => string.CompareOrdinal($"{a}", $"{b}"));

    private async Task<IPresenceFeed> OpenAsync(string prefix) =>
        (await _gateway.Feeds.OpenAsync(new PresenceFilter(prefix, PresenceKinds.All), null, CancellationToken.None))!;

    private static async Task<List<FeedEntry>> TakeAsync(IPresenceFeed feed, int count)
    {
        var taken = new List<FeedEntry>();
        using var limit = new CancellationTokenSource(TestClient.Patience);
        while (taken.Count < count) taken.AddRange(await feed.NextAsync(TestClient.Patience, limit.Token));
        Assert.Equal(count, taken.Count);
        return taken;
    }
}
