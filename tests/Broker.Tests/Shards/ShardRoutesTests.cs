using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Broker.Tests.Topics;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Shards;

public sealed class ShardRoutesTests
{
    private readonly ShardRig _rig = new(journaled: true);

    [Fact]
    public void Publish_RoutesChange_TheCachedMatchFollows()
    {
        Assert.Empty(_rig.Reached("a/b"));
        _rig.Register("x", "a/+");
        Assert.Equal(["x"], _rig.Reached("a/b"));
        _rig.Register("y", "#");
        Assert.Equal(["x", "y"], _rig.Reached("a/b"));
        _rig.Remove("x", "a/+");
        Assert.Equal(["y"], _rig.Reached("a/b"));
        Assert.Equal(1, _rig.Shard.FilterCount);
    }

    [Fact]
    public void Publish_OverlappingFilters_OneCopyWithEveryGrant()
    {
        _rig.Register("x", "a/b", version: 1, qos: QoS.AtMostOnce);
        _rig.Register("x", "a/+", version: 2, qos: QoS.ExactlyOnce);
        _rig.Register("x", "#", version: 3);
        _rig.Publish("a/b");
        var (_, match) = Assert.Single(_rig["x"].Delivered);
        Assert.Equal([1u, 2u, 3u], match.Grants.Select(static grant => grant.Version).Order());
        Assert.Equal(QoS.ExactlyOnce, match.QoS);
    }

    [Fact]
    public void Register_RandomRoutes_ReachTheSameAsANaiveSearch()
    {
        for (var seed = 1; seed <= 20; seed++) RunRandom(new RandomTopics(seed));
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 5, true)]
    [InlineData(2, 4, false)]
    [InlineData(2, 6, true)]
    [InlineData(3, 1, true)]
    public void Register_LateOrNew_OnlyNewerReplaces(long incarnation, uint version, bool replaces)
    {
        _rig.Register("x", "a", version: 5, incarnation: 2);
        _rig.Register("x", "a", version, incarnation);
        _rig.Publish("a");
        var match = Assert.Single(_rig["x"].Delivered).Match;
        Assert.Equal(replaces ? (incarnation, version) : (2, 5u), (match.Incarnation, match.Grants[0].Version));
        Assert.Equal(1, _rig["x"].Routes);
    }

    [Theory]
    [InlineData(2, 5, true)]
    [InlineData(2, 6, true)]
    [InlineData(2, 4, false)]
    [InlineData(1, 9, false)]
    [InlineData(3, 9, false)]
    public void Remove_OfAnIncarnationAndVersion_LeavesNewerRoutes(long incarnation, uint version, bool removed)
    {
        foreach (var filter in new[] { "a", "$share/g/a" })
        {
            _rig.Register("x", filter, version: 5, incarnation: 2, isDurable: true);
            Assert.Equal(removed, _rig.Remove("x", filter, version, incarnation) != 0);
            Assert.Equal(0ul, _rig.Remove("y", filter));
        }

        Assert.Equal(removed ? 0 : 2, _rig["x"].Routes);
        Assert.Equal(removed ? 0 : 1, _rig.Shard.FilterCount);
        if (removed) Assert.Equal(0ul, _rig.Remove("x", "a", version, incarnation));
    }

    [Fact]
    public void Register_DurableOrNot_JournalsTheDurable()
    {
        _rig.Register("x", "a");
        _rig.Register("y", "a", isDurable: true);
        _rig.Remove("x", "a");
        _rig.Remove("y", "a");
        Assert.Equal(["+a y", "-a y"], _rig.Journal.Records);
    }

    [Fact]
    public void RemoveStale_SomeVersions_RemovesThoseOnly()
    {
        _rig.Register("x", "a/b", version: 1);
        _rig.Register("x", "a/+", version: 2);
        _rig.Register("y", "a/b", version: 1);
        _rig.Publish("a/b");
        var match = Assert.Single(_rig["x"].Delivered).Match;
        _rig.Register("x", "a/+", version: 7);
        _rig.Shard.RemoveStale("a/b"u8, match);
        _rig["x"].Delivered.Clear();
        _rig.Publish("a/b");
        Assert.Equal(7u, Assert.Single(Assert.Single(_rig["x"].Delivered).Match.Grants).Version);
        Assert.Equal(2, _rig["y"].Delivered.Count);
    }

    [Fact]
    public void Publish_ManySessionsOnOneFilter_ReachesEachAndRemovesAny()
    {
        for (var i = 0; i < 40; i++) _rig.Register($"c{i}", "a");
        for (var i = 0; i < 40; i += 3) _rig.Remove($"c{i}", "a");
        Assert.Equal(26, _rig.Reached("a").Distinct().Count());
        for (var i = 0; i < 40; i++) _rig.Remove($"c{i}", "a");
        Assert.Equal(0, _rig.Shard.FilterCount);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(9, 2)]
    public void Publish_MoreReceiversThanASlice_GoesInSlicesAndSettlesOnce(int receivers, int pauses)
    {
        var rig = new ShardRig(new() { FanOutSlice = 4 });
        for (var i = 0; i < receivers; i++) rig.Register($"c{i}", "a");
        rig.Register("shared", "$share/g/a");
        var publication = Publications.Of("m", topic: "a").PublishedBy(rig.Publisher);
        var job = rig.Shard.Publish(publication);
        publication.EndLoan();
        Assert.Equal(receivers <= 4, job is null);
        rig.Remove("c0", "a");
        Assert.Equal(pauses, ShardRig.Run(job, now: 0));
        var offer = Assert.Single(rig["shared"].Offers);
        Assert.Equal("m", publication.Text());
        for (var i = 0; i < receivers; i++) Assert.Single(rig[$"c{i}"].Delivered).Publication.Settle(PartOutcome.Done);
        Assert.False(rig.Publisher.IsSettled(publication));
        offer.Publication.Settle(PartOutcome.Done);
        Assert.True(rig.Publisher.IsSettled(publication));
    }

    private static void RunRandom(RandomTopics random)
    {
        var rig = new ShardRig(new() { MatchCacheEntries = 8 });
        var model = new HashSet<(string Client, string Filter)>();
        for (var step = 0; step < 200; step++)
        {
            var (client, filter) = ($"c{random.Next(5)}", random.Filter());
            if (random.Next(3) > 0)
            {
                rig.Register(client, filter, version: (uint)step + 1);
                model.Add((client, filter));
            }
            else
            {
                rig.Remove(client, filter, version: uint.MaxValue);
                model.Remove((client, filter));
            }

            var topic = random.Name();
            var expected = model.Where(route => NaiveMatcher.Matches(route.Filter, topic)).Select(static route => route.Client).Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(expected, rig.Reached(topic));
        }
    }
}
