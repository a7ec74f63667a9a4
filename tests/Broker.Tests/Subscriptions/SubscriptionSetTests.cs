using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Subscriptions;

public sealed class SubscriptionSetTests
{
    private static SubscriptionOptions Options(uint identifier = 0) => new(QoS.AtLeastOnce, false, false, RetainHandling.SendAtSubscribe, identifier);

    private static Subscription Restored(string filter, uint version) => new(TopicFilter.Parse(filter), Options(), version, 0);

    [Fact]
    public void Set_RandomPutsAndRemoves_AgreesWithADictionary()
    {
        for (var seed = 1; seed <= 30; seed++) RunRandom(new Random(seed), filters: seed % 3 == 0 ? 5 : 30);
    }

    [Fact]
    public void Put_SameFilter_ReplacesWithANewVersionAndHoldsBoth()
    {
        var set = new SubscriptionSet();
        var first = set.Put(TopicFilter.Parse("a"), Options(1));
        var second = set.Put(TopicFilter.Parse("a"), Options(2));
        Assert.Equal(first.Version, second.ReplacedVersion);
        Assert.True(set.Holds(first.Version) && set.Holds(second.Version));
        Assert.False(set.Remove(first));
        var third = set.Put(TopicFilter.Parse("a"), Options(3));
        Assert.False(set.Holds(first.Version));
        Assert.True(set.Remove(third));
        Assert.False(set.Holds(second.Version) || set.Holds(third.Version));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void Renew_InASetOfAnySize_HoldsTheNewVersionAlone(int others)
    {
        var set = new SubscriptionSet();
        for (var i = 0; i < others; i++) set.Put(TopicFilter.Parse($"other/{i}"), Options());
        set.Put(TopicFilter.Parse("a"), Options(1));
        var before = set.Put(TopicFilter.Parse("a"), Options(2));
        var renewed = set.Renew(before);
        Assert.Equal((before.Filter, before.Options), (renewed.Filter, renewed.Options));
        Assert.Equal((SubscriptionState.Removing, SubscriptionState.Active), (before.State, renewed.State));
        Assert.False(set.Holds(before.Version) || set.Holds(before.ReplacedVersion));
        Assert.True(set.Holds(renewed.Version));
        Assert.Equal(others + 1, set.Count);
        Assert.False(set.Remove(before));
        Assert.True(set.Remove(renewed));
        Assert.False(set.Holds(renewed.Version));
    }

    [Fact]
    public void SharedCount_PutReplacedRemovedCleared_Follows()
    {
        var set = new SubscriptionSet();
        set.Put(TopicFilter.Parse("a"), Options());
        set.Put(TopicFilter.Parse("$share/g/a"), Options());
        var shared = set.Put(TopicFilter.Parse("$share/g/a"), Options());
        set.Put(TopicFilter.Parse("$share/h/a"), Options());
        Assert.Equal((3, 2), (set.Count, set.SharedCount));
        set.Remove(shared);
        Assert.Equal((2, 1), (set.Count, set.SharedCount));
        set.Clear();
        Assert.Equal((0, 0), (set.Count, set.SharedCount));
    }

    [Fact]
    public void Clear_ThenPut_NeverRepeatsAVersion()
    {
        var set = new SubscriptionSet();
        var before = set.Put(TopicFilter.Parse("a"), Options());
        set.Clear();
        Assert.Equal(0, set.Count);
        Assert.False(set.Holds(before.Version));
        Assert.True(set.Put(TopicFilter.Parse("a"), Options()).Version > before.Version);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Restore_SameFilterTwice_KeepsTheNewestInAnyOrder(int others)
    {
        foreach (var newestFirst in new[] { true, false })
        {
            var set = new SubscriptionSet();
            for (uint other = 0; other < others; other++) set.Restore(Restored($"other/{other}", 100 + other));
            var (older, newer) = (Restored("a", 5), Restored("a", 9));
            Assert.Null(set.Restore(newestFirst ? newer : older));
            Assert.Same(older, set.Restore(newestFirst ? older : newer));
            Assert.True(set.TryGet(newer.Filter, out var held) && held == newer);
            Assert.True(set.Holds(9));
            Assert.False(set.Holds(5));
            Assert.True(set.Put(TopicFilter.Parse("b"), Options()).Version > 100);
        }
    }

    [Fact]
    public void Holds_Zero_IsNeverAVersion()
    {
        var set = new SubscriptionSet();
        set.Put(TopicFilter.Parse("a"), Options());
        Assert.False(set.Holds(0));
        for (var i = 0; i < 20; i++) set.Put(TopicFilter.Parse($"a/{i}"), Options());
        Assert.False(set.Holds(0));
    }

    private static void RunRandom(Random random, int filters)
    {
        var set = new SubscriptionSet();
        var model = new Dictionary<string, Subscription>();
        for (var step = 0; step < 500; step++)
        {
            var filter = TopicFilter.Parse($"f/{random.Next(filters)}");
            var isHeld = model.TryGetValue(filter.Text, out var present);
            if (random.Next(2) == 0)
            {
                var put = set.Put(filter, Options());
                Assert.Equal(present?.Version ?? 0, put.ReplacedVersion);
                model[filter.Text] = put;
            }
            else if (isHeld)
            {
                Assert.True(set.Remove(present!));
                model.Remove(filter.Text);
            }

            Assert.Equal(model.Values.Select(static item => item.Version).Order(), set.Items.ToArray().Select(static item => item.Version).Order());
            var versions = model.Values.SelectMany(static item => new[] { item.Version, item.ReplacedVersion }).Where(static version => version != 0).ToHashSet();
            for (uint version = 1; version <= step + 1; version++) Assert.Equal(versions.Contains(version), set.Holds(version));
            Assert.Equal(model.ContainsKey(filter.Text), set.TryGet(filter, out _));
            foreach (var item in model.Values) Assert.True(set.Of(item.Version) == item && (item.ReplacedVersion == 0 || set.Of(item.ReplacedVersion) == item));
        }
    }
}
