using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Tests.Topics;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Tests.Shards;

/// <summary>What is asked about a shard: routes in pages, the number that match, retained messages.</summary>
public sealed class ShardQueriesTests
{
    private readonly ShardRig _rig = new(journaled: true);

    [Fact]
    public void CountMatching_OverlappingAndShared_EachSessionOnceAndEachGroupOnce()
    {
        Assert.Equal(0, _rig.Shard.CountMatching("a/b"u8));
        _rig.Register("x", "a/b");
        _rig.Register("x", "a/+", version: 2);
        _rig.Register("y", "#");
        _rig.Register("x", "$share/g/a/b", version: 3);
        _rig.Register("z", "$share/g/a/b");
        _rig.Register("z", "$share/h/a/#", version: 2);

        Assert.Equal(4, _rig.Shard.CountMatching("a/b"u8));
        Assert.Equal(1, _rig.Shard.CountMatching("c"u8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void FindAllSubscriptions_PageAfterPage_EachOnceAndInOrder(int limit)
    {
        string[] filters = ["a/b", "a/+", "#", "$share/g/a/b", "$share/\uFFFD/a/b", "$share/\U0001F600/a/b", "$share/g/x", "a!", "$own/t"];
        string[] clients = ["c", "b", "\uFFFD", "\U0001F600", "a"];
        foreach (var filter in filters)
        {
            foreach (var client in clients) _rig.Register(client, filter);
        }

        var expected = filters.SelectMany(filter => clients.Select(client => PlaceOf(filter, client))).Order(SubscriptionPlace.Order).Select(Text);
        Assert.Equal(expected, Pages(after => _rig.Shard.FindAllSubscriptions(static _ => true, after, limit), limit));
    }

    [Fact]
    public void FindSubscriptions_ExactFilter_ThatOfTheGroupAloneOrThoseOutsideGroups()
    {
        _rig.Register("x", "a/+");
        _rig.Register("y", "$share/g/a/+");
        _rig.Register("z", "$share/h/a/+");
        _rig.Register("v", "a/b");

        Assert.Equal(["a/+ x"], Pages(after => _rig.Shard.FindSubscriptions(TopicFilter.Parse("a/+"), after, 10), 10));
        Assert.Equal(["$share/h/a/+ z"], Pages(after => _rig.Shard.FindSubscriptions(TopicFilter.Parse("$share/h/a/+"), after, 10), 10));
        Assert.Empty(Pages(after => _rig.Shard.FindSubscriptions(TopicFilter.Parse("$share/i/a/+"), after, 10), 10));
        Assert.Empty(Pages(after => _rig.Shard.FindSubscriptions(TopicFilter.Parse("a/c"), after, 10), 10));
    }

    [Fact]
    public void FindMatching_Topic_WildcardsAndGroupsToo()
    {
        _rig.Register("x", "a/+");
        _rig.Register("x", "a/b");
        _rig.Register("y", "$share/g/#");
        _rig.Register("z", "b/#");

        Assert.Equal(["$share/g/# y", "a/+ x", "a/b x"], Pages(after => _rig.Shard.FindMatching("a/b"u8, after, 2), 2));
        Assert.Empty(Pages(after => _rig.Shard.FindMatching("$x"u8, after, 2), 2));
    }

    [Theory]
    [InlineData("f")]
    [InlineData("$share/g/f")]
    public void Advance_SubscribersComeAndGoBetweenSlices_WhoStayedIsThereOnce(string filter)
    {
        var random = new Random(4711);
        for (var round = 0; round < 50; round++)
        {
            var rig = new ShardRig();
            var stayed = new SortedSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < 60; i++) Add($"s{i:D3}");
            using var scan = rig.Shard.FindSubscriptions(TopicFilter.Parse(filter), null, 1_000);
            var came = 60;
            for (var steps = 8; !scan.Advance(ref steps); steps = 8)
            {
                var gone = $"s{random.Next(came):D3}";
                rig.Remove(gone, filter);
                stayed.Remove(gone);
                if (came < 100) Add($"s{came++:D3}");
            }

            string[] found = [.. scan.Found.Select(static route => route.Receiver.ClientId)];
            Assert.Equal(found.Distinct().Order(StringComparer.Ordinal), found);
            Assert.Empty(stayed.Where(static client => string.CompareOrdinal(client, "s060") < 0).Except(found));

            void Add(string client)
            {
                rig.Register(client, filter);
                stayed.Add(client);
            }
        }
    }

    [Fact]
    public void RemoveRetained_Stored_IsRecordedAndCountsNoMore()
    {
        _rig.Publish("a/b", retain: true);
        var stored = _rig.Totals.Bytes;
        _rig.Publish("a/c", retain: true, expiresAt: 10);

        Assert.NotNull(_rig.Shard.FindRetained("a/c"u8, nowMilliseconds: 9));
        Assert.Null(_rig.Shard.FindRetained("a/c"u8, nowMilliseconds: 10));
        Assert.False(_rig.Shard.RemoveRetained("a/c"u8, nowMilliseconds: 10, out var number));
        Assert.NotEqual(0ul, number);
        Assert.Equal((1L, stored), (_rig.Totals.Messages, _rig.Totals.Bytes));
        Assert.True(_rig.Shard.RemoveRetained("a/b"u8, nowMilliseconds: 10, out number));
        Assert.NotEqual(0ul, number);
        Assert.Equal((0L, 0L), (_rig.Totals.Messages, _rig.Totals.Bytes));
        Assert.False(_rig.Shard.RemoveRetained("a/b"u8, nowMilliseconds: 10, out number));
        Assert.Equal(0ul, number);
    }

    [Fact]
    public void FindRetained_Filter_WithoutWhatHasExpiredAndWhatAWildcardDoesNotMatch()
    {
        foreach (var topic in new[] { "b", "a/2", "a/1", "$own/x", "a" }) _rig.Publish(topic, retain: true, expiresAt: topic == "a/1" ? 5 : long.MaxValue);

        Assert.Equal(["a", "a/2"], Topics("a/#", ""));
        Assert.Equal(["a", "a/2", "b"], Topics("#", ""));
        Assert.Equal(["b"], Topics("#", "a/2"));
        Assert.Equal(["$own/x"], Topics("$own/#", ""));

        string[] Topics(string filter, string after)
        {
            using var page = _rig.Shard.FindRetained(TopicFilter.Parse(filter), after.Utf8(), 10, nowMilliseconds: 5);
            var steps = 1_000;
            Assert.True(page.Advance(ref steps));
            return [.. page.Take().Select(static found => System.Text.Encoding.UTF8.GetString(found.Value.Topic))];
        }
    }

    private static List<string> Pages(Func<SubscriptionPlace?, SubscriptionScan> begin, int limit)
    {
        var found = new List<string>();
        SubscriptionPlace? after = null;
        while (true)
        {
            using var scan = begin(after);
            var steps = 5;
            while (!scan.Advance(ref steps)) steps = 5;
            Assert.InRange(scan.Found.Count, 0, limit);
            found.AddRange(scan.Found.Select(static route => Text(SubscriptionPlace.Of(route))));
            if (scan.Found.Count < limit) return found;
            after = SubscriptionPlace.Of(scan.Found[^1]);
        }
    }

    private static SubscriptionPlace PlaceOf(string filter, string clientId) =>
        SubscriptionPlace.Of(ShardRig.Route(new Sessions.FakeReceiver(clientId), filter));

    private static string Text(SubscriptionPlace place) =>
        (place.ShareName.Length == 0 ? "" : $"$share/{place.ShareName}/") + System.Text.Encoding.UTF8.GetString(place.Match.Span) + " " + place.ClientId;
}
