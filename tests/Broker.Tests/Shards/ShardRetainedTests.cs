using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Broker.Tests.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Shards;

public sealed class ShardRetainedTests
{
    private readonly ShardRig _rig = new();

    /// <summary>Texts that a new subscriber of the filter is given, sorted.</summary>
    private static string[] Retained(ShardRig rig, string filter, long now = 0)
    {
        var receiver = new FakeReceiver("reader");
        ShardRig.Run(rig.Shard.Register(ShardRig.Route(receiver, filter), sendRetained: true, out _), now);
        rig.Remove("reader", filter);
        return [.. receiver.Batches.SelectMany(Texts).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Texts(RetainedBatch batch)
    {
        for (; batch.Current is { } message; batch.Advance()) yield return message.Text();
    }

    [Fact]
    public void Publish_Retain_SetsReplacesAndClears()
    {
        _rig.Publish("a", "m1", retain: true);
        _rig.Publish("b", "m2", retain: true);
        _rig.Publish("b", "not retained");
        Assert.Equal(["m1", "m2"], Retained(_rig, "#"));
        _rig.Publish("a", "m3", retain: true);
        Assert.Equal(["m3"], Retained(_rig, "a"));
        Assert.Equal((2, 2, 6), (_rig.Shard.RetainedCount, _rig.Totals.Messages, _rig.Totals.Bytes));
        _rig.Register("x", "a");
        _rig.Publish("a", "", retain: true);
        Assert.Equal("", Assert.Single(_rig["x"].Delivered).Publication.Text());
        Assert.Equal(["m2"], Retained(_rig, "#"));
        Assert.Equal((1, 3), (_rig.Totals.Messages, _rig.Totals.Bytes));
    }

    [Fact]
    public void Register_WithRetained_RouteAndRetainedComeTogether()
    {
        _rig.Publish("a", "old", retain: true);
        var job = _rig.Shard.Register(ShardRig.Route(_rig["x"], "a"), sendRetained: true, out _);
        Assert.NotNull(job);
        Assert.True(job.RunSlice(0));
        _rig.Publish("a", "live", retain: true);
        Assert.Equal(["old"], Texts(Assert.Single(_rig["x"].Batches)));
        Assert.Equal("live", Assert.Single(_rig["x"].Delivered).Publication.Text());
        Assert.Null(_rig.Shard.Register(ShardRig.Route(_rig["y"], "a"), sendRetained: false, out _));
        Assert.Null(new ShardRig().Shard.Register(ShardRig.Route(_rig["y"], "a"), sendRetained: true, out _));
    }

    [Fact]
    public void Register_ManyRetained_ScansInSlices()
    {
        for (var i = 0; i < 3_000; i++) _rig.Publish($"t/{i}", "m", QoS.AtMostOnce, retain: true);
        Assert.InRange(ShardRig.Run(_rig.Shard.Register(ShardRig.Route(_rig["x"], "t/+"), sendRetained: true, out _), 0), 1, 10);
        Assert.Equal(3_000, Assert.Single(_rig["x"].Batches).Remaining);
    }

    [Fact]
    public void RemoveExpired_SomeExpired_FreesTheirPlaceAndRecords()
    {
        var rig = new ShardRig(new LimitsOptions { MaxRetainedMessages = 2 }, journaled: true);
        rig.Publish("a", "m1", retain: true, expiresAt: 100);
        rig.Publish("b", "m2", retain: true, expiresAt: 200);
        Assert.Equal(["m2"], Retained(rig, "#", now: 100));
        Assert.Equal(ReasonCode.QuotaExceeded, rig.Publisher.ReasonOf(rig.Publish("c", "m3", retain: true)));
        while (!rig.Shard.RemoveExpired(100, 2)) Assert.True(rig.Shard.RetainedCount > 0);
        Assert.Equal((1, 1, 3), (rig.Shard.RetainedCount, rig.Totals.Messages, rig.Totals.Bytes));
        Assert.Equal("-a", rig.Journal.Records[^1]);
        rig.Publish("c", "m3", retain: true);
        Assert.Equal(2, rig.Shard.RetainedCount);
        Assert.True(new ShardRig().Shard.RemoveExpired(0, 1));
    }

    [Fact]
    public void Publish_RetainedFullByCount_RefusesNewAndTakesReplacements()
    {
        var rig = new ShardRig(new LimitsOptions { MaxRetainedMessages = 1 });
        rig.Publish("a", "m1", retain: true);
        rig.Register("x", "#");
        var refused = rig.Publish("b", "m2", retain: true);
        Assert.Single(rig["x"].Delivered).Publication.Settle(PartOutcome.Done);
        Assert.Equal(ReasonCode.QuotaExceeded, rig.Publisher.ReasonOf(refused));
        Assert.Equal(1, rig.Counters.Drops(DropReason.RetainedFull));
        rig.Publish("a", "m3", retain: true);
        Assert.Equal(["m3"], Retained(rig, "#"));
        rig.Publish("a", "", retain: true);
        rig.Publish("b", "m4", retain: true);
        Assert.Equal(["m4"], Retained(rig, "#"));
    }

    [Fact]
    public void Publish_RetainNotAvailable_DeliversAndRetainsNothing()
    {
        var rig = new ShardRig(new LimitsOptions { RetainAvailable = false });
        rig.Register("x", "#");
        rig.Publish("a", "m1", retain: true);
        Assert.Single(rig["x"].Delivered);
        Assert.Equal((0, 1), (rig.Shard.RetainedCount, rig.Counters.Drops(DropReason.RetainedFull)));
    }

    [Fact]
    public void Publish_RetainedFullByBytes_CountsWhatAMessageReplaces()
    {
        var rig = new ShardRig(new LimitsOptions { MaxRetainedBytes = 10 });
        rig.Publish("a", "12345678", retain: true);
        rig.Publish("a", "123456789", retain: true);
        Assert.Equal(["123456789"], Retained(rig, "#"));
        rig.Publish("a", "1234567890", retain: true);
        rig.Publish("b", "", retain: true);
        rig.Publish("b", "1", retain: true);
        Assert.Equal(["123456789"], Retained(rig, "#"));
        Assert.Equal((2, 10), (rig.Counters.Drops(DropReason.RetainedFull), rig.Totals.Bytes));
    }

    [Fact]
    public void RetainedTotals_SeveralShards_ShareOneBound()
    {
        var rig = new ShardRig(new LimitsOptions { MaxRetainedMessages = 1 });
        var other = new Broker.Shards.Shard(rig.Limits, rig.Counters, rig.Totals, static (_, _) => { });
        rig.Publish("a", "m1", retain: true);
        other.Publish(Publications.Of("m2", QoS.AtMostOnce, "b", retain: true));
        Assert.Equal(0, other.RetainedCount);
        rig.Shard.Leave();
        Assert.Equal((0, 0), (rig.Totals.Messages, rig.Totals.Bytes));
        other.Publish(Publications.Of("m2", QoS.AtMostOnce, "b", retain: true));
        Assert.Equal(1, other.RetainedCount);
    }

    [Fact]
    public void Publish_RetainedQoS1_IsDoneWhenItsRecordIsCommitted()
    {
        var rig = new ShardRig(journaled: true);
        var set = rig.Publish("a", "m", retain: true);
        var setAtMostOnce = rig.Publish("b", "m", QoS.AtMostOnce, retain: true);
        var cleared = rig.Publish("a", "", retain: true);
        var absent = rig.Publish("c", "", retain: true);
        Assert.Equal(["+a", "+b", "-a"], rig.Journal.Records);
        Assert.True(rig.Publisher.IsSettled(absent));
        Assert.False(rig.Publisher.IsSettled(set));
        rig.Shard.Committed(1);
        Assert.True(rig.Publisher.IsSettled(set));
        Assert.False(rig.Publisher.IsSettled(cleared));
        rig.Shard.Committed(3);
        Assert.Equal(ReasonCode.NoMatchingSubscribers, rig.Publisher.ReasonOf(cleared));
        Assert.False(rig.Publisher.IsSettled(setAtMostOnce));
    }

    [Fact]
    public void RestoreRetained_BoundsAreLowerNow_CountsWhatIsHeld()
    {
        var rig = new ShardRig(new LimitsOptions { MaxRetainedMessages = 1 });
        rig.Shard.RestoreRetained(Publications.Of("m1", topic: "a", retain: true));
        rig.Shard.RestoreRetained(Publications.Of("m2", topic: "b", retain: true));
        rig.Shard.RestoreRetained(Publications.Of("m33", topic: "a", retain: true));
        Assert.Equal((1, 1, 4), (rig.Shard.RetainedCount, rig.Totals.Messages, rig.Totals.Bytes));
    }
}
