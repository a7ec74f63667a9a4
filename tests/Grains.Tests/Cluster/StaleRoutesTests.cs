using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Routes of sessions that know nothing of them.</summary>
public sealed class StaleRoutesTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    [Fact]
    public async Task StaleRoutes_OnBothSilos_Heal()
    {
        BrokerNode[] cores = [silos.First, silos.Second];
        await silos.Cluster.AddRoutesAsync("stale", "stale/#");
        Assert.All(cores, static node => Assert.Equal(1, node.Sessions.Count));

        // Several per shard: each is refused by a session that does not exist.
        var publisher = silos.First.Client("stale-p");
        for (var i = 0; i < 100; i++) Assert.Equal(ReasonCode.NoMatchingSubscribers, await publisher.PublishAsync($"stale/{i}/t", $"{i}"));

        await BrokerCluster.EventuallyAsync(() => cores.All(static node => node.Sessions.Count == 0));
        await silos.Cluster.WaitForDeactivationAsync("stale");
    }
}
