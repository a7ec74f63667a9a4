using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Topics;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Shards that cannot be opened: what they have is missing, and who would have it is named; nothing waits for ever.</summary>
public sealed class TopicListsFaultTests
{
    private static readonly TimingOptions Quick = new() { StoreWait = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public async Task Questions_ShardsCannotBeOpened_AnswerInTimeWithoutThem()
    {
        await using var store = new FaultyStore();
        await using var cluster = await BrokerCluster.StartAsync(store: store, timing: Quick);
        var node = cluster.Node;
        var cancellation = TestContext.Current.CancellationToken;
        store.HangingKind = "shard";
        try
        {
            var retained = node.RetainedMessages.ListAsync(new RetainedQuery("#", [], 10), false, cancellation);
            var subscriptions = node.Subscriptions.ListAsync(new SubscriptionQuery(null, "a/b", null, 10), cancellation);
            var found = node.RetainedMessages.FindAsync("a/b"u8.ToArray(), cancellation);
            var removed = node.RetainedMessages.RemoveAsync("a/b"u8.ToArray(), cancellation);
            var published = OutsidePublishTests.PublishAsync(node, OutsidePublishTests.Draft("a/b", "x"));

            Assert.Equal([node.Address.ToParsableString()], (await retained).Missing);
            Assert.Equal([node.Address.ToParsableString()], (await subscriptions).Missing);
            await Assert.ThrowsAsync<TopicUnavailableException>(() => found);
            await Assert.ThrowsAsync<TopicUnavailableException>(() => removed);
            Assert.Equal(MessageState.Unconfirmed, Assert.Single(await published).State);
        }
        finally
        {
            store.HangingKind = null;
        }

        var page = await node.RetainedMessages.ListAsync(new RetainedQuery("#", [], 10), false, cancellation);
        Assert.Equal((0, 0, false), (page.Items.Count, page.Missing.Count, page.HasMore));
    }

    [Fact]
    public async Task RetainedList_CoreDiesWhileItIsWalked_GoesOnAndHasEveryTopicOnce()
    {
        await using var silos = await ThreeSilos.StartAsync();
        string[] topics = [.. Enumerable.Range(0, 300).Select(static i => $"walk/{i:D3}/t")];
        await OutsidePublishTests.PublishAsync(silos.Gateway, [.. topics.Select(static topic => OutsidePublishTests.Draft(topic, "x", retain: true))]);
        var found = new List<string>();
        Task? killed = null;
        for (var hasMore = true; hasMore;)
        {
            var after = found.Count == 0 ? [] : System.Text.Encoding.UTF8.GetBytes(found[^1]);
            var page = await silos.Gateway.RetainedMessages.ListAsync(new RetainedQuery("walk/#", after, 10), false, TestContext.Current.CancellationToken);
            // A page without the shards of the dead core says so, and is asked for again.
            if (page.Missing.Count > 0) continue;
            found.AddRange(page.Items.Select(static item => System.Text.Encoding.UTF8.GetString(item.Topic)));
            hasMore = page.HasMore;
            if (found.Count == 100) killed = silos.Cluster.KillAsync(silos.Core);
        }

        await killed!;
        Assert.Equal(topics, found);
    }
}
