using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Tests.Presence;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A core dies under a presence feed.</summary>
public sealed class PresenceFaultTests
{
    [Fact]
    public async Task CoreDies_FeedNamesItAndGoesOn()
    {
        await using var silos = await ThreeSilos.StartAsync();
        using var feed = (await silos.Gateway.Feeds.OpenAsync(Happenings.All, null, CancellationToken.None))!;
        var client = await silos.ConnectAsync("lives", TestClient.Durable);
        var before = await TakeAsync(feed, 3);
        Assert.Equal(["Connected lives", "TakenOver lives", "Connected lives"], before.Select(Happenings.Text));

        await silos.KillCoreAsync("lives");
        var gap = (await TakeAsync(feed, 1))[0].Gap!;
        Assert.Equal((silos.Core.Address, (long?)null), (gap.Node, gap.Lost));
        await client.DisconnectAsync();

        var last = Assert.Single(await TakeAsync(feed, 1)).Event!.Value;
        Assert.Equal((PresenceKinds.Disconnected, silos.Gateway.Address), (last.Kind, last.Gateway!));
        Assert.True(before[^1].Event!.Value.Precedes(last));
        // A reader that was not there meanwhile hears of it, too.
        using var later = (await silos.Other.Feeds.OpenAsync(Happenings.All, before[^1].Position, CancellationToken.None))!;
        Assert.Equal(["gap", "Disconnected lives"], (await TakeAsync(later, 2)).Select(Happenings.Text));
    }

    [Fact]
    public async Task GatewayDies_ItsClientsAreDisconnected()
    {
        await using var silos = await ThreeSilos.StartAsync();
        await silos.ConnectAsync("gone", TestClient.Durable);
        using var feed = (await silos.Other.Feeds.OpenAsync(Happenings.All, null, CancellationToken.None))!;

        await silos.Cluster.KillAsync(silos.Gateway);

        var told = Assert.Single(await TakeAsync(feed, 1)).Event!.Value;
        Assert.Equal((PresenceKinds.Disconnected, "gone", silos.Gateway.Address), (told.Kind, told.ClientId, told.Gateway!));
    }

    private static async Task<List<FeedEntry>> TakeAsync(IPresenceFeed feed, int count)
    {
        var taken = new List<FeedEntry>();
        using var limit = new CancellationTokenSource(TestClient.Patience);
        while (taken.Count < count) taken.AddRange(await feed.NextAsync(TestClient.Patience, limit.Token));
        Assert.Equal(count, taken.Count);
        return taken;
    }
}
