using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Messages from outside while shards move and die, and while the store does not answer.</summary>
public sealed class OutsidePublishFaultTests
{
    private const string Topic = "outside/on/t";

    [Fact]
    public async Task Publish_ShardMovesFromNodeToNode_EveryMessageOnceAndInOrder()
    {
        await using var cluster = await BrokerCluster.StartAsync(silos: 3);
        await cluster.OpenShardsAsync();
        var subscriber = await SubscriberAsync(cluster.Nodes[1]);
        var publishing = PublishAsync(cluster.Nodes[0], batches: 60);
        var moved = 0;
        while (!publishing.IsCompleted || moved < 4) await cluster.MoveShardAsync(Topic, cluster.Nodes[++moved % 3]);

        var count = await publishing;
        for (var i = 0; i < count; i++) Assert.Equal($"{i}", await subscriber.NextPayloadAsync());
        subscriber.HasNothing();
    }

    [Fact]
    public async Task Publish_SiloOfTheShardDies_EveryMessageIsThereAndNewOnesInOrder()
    {
        await using var silos = await ThreeSilos.StartAsync();
        var subscriber = await SubscriberAsync(silos.Other);
        await silos.Cluster.MoveShardAsync(Topic, silos.Core);
        var publishing = PublishAsync(silos.Gateway, batches: 60);
        await subscriber.NextPayloadAsync();
        await silos.Cluster.KillAsync(silos.Core);

        var count = await publishing;
        for (var next = 1; next < count;)
        {
            var number = int.Parse(await subscriber.NextPayloadAsync());
            Assert.InRange(number, next - PerBatch, next);
            if (number == next) next++;
        }
    }

    [Fact]
    public async Task Publish_RetainedAndStoreDoesNotCommit_IsNotAnsweredBeforeItDoes()
    {
        await using var store = new FaultyStore();
        await using var cluster = await BrokerCluster.StartAsync(store: store);
        await cluster.OpenShardsAsync();
        foreach (var qos in new[] { QoS.AtMostOnce, QoS.AtLeastOnce })
        {
            var held = store.HoldCommits("shard");
            var publishing = OutsidePublishTests.PublishAsync(cluster.Node, OutsidePublishTests.Draft(Topic, "x", qos, retain: true));
            await held;
            Assert.False(publishing.IsCompleted);
            store.ReleaseCommits();
            Assert.Equal(new MessageAnswer(MessageState.Done, ReasonCode.NoMatchingSubscribers), Assert.Single(await publishing));
        }

        var holding = store.HoldCommits("shard");
        var removing = cluster.Node.RetainedMessages.RemoveAsync("outside/on/t"u8.ToArray(), TestContext.Current.CancellationToken);
        await holding;
        Assert.False(removing.IsCompleted);
        store.ReleaseCommits();
        Assert.True(await removing);
    }

    [Fact]
    public async Task Publish_RetainedStoreIsFull_QuotaExceededAtEveryQoSAndReplacingGoesOn()
    {
        await using var cluster = await BrokerCluster.StartAsync(limits: new LimitsOptions { MaxRetainedMessages = 1 });
        await cluster.OpenShardsAsync();

        var answers = await OutsidePublishTests.PublishAsync(
            cluster.Node,
            OutsidePublishTests.Draft(Topic, "1", retain: true),
            OutsidePublishTests.Draft(Topic + "/2", "2", retain: true),
            OutsidePublishTests.Draft(Topic + "/3", "3", QoS.AtMostOnce, retain: true),
            OutsidePublishTests.Draft(Topic, "4", retain: true));

        Assert.Equal(
            [ReasonCode.NoMatchingSubscribers, ReasonCode.QuotaExceeded, ReasonCode.QuotaExceeded, ReasonCode.NoMatchingSubscribers], answers.Select(static answer => answer.Reason));
        Assert.All(answers, static answer => Assert.Equal(MessageState.Done, answer.State));
    }

    private const int PerBatch = 10;

    private static async Task<TestClient> SubscriberAsync(BrokerNode node)
    {
        var subscriber = node.Client("outside-s");
        await subscriber.ConnectAsync(TestClient.Durable);
        await subscriber.SubscribeAsync("outside/on/#");
        return subscriber;
    }

    /// <summary>One request after the other.</summary>
    /// <returns>How many messages.</returns>
    private static async Task<int> PublishAsync(BrokerNode node, int batches)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            var first = batch * PerBatch;
            var answers = await OutsidePublishTests.PublishAsync(
                node, [.. Enumerable.Range(first, PerBatch).Select(static i => OutsidePublishTests.Draft(Topic, $"{i}"))]);
            Assert.All(answers, static answer => Assert.Equal(new MessageAnswer(MessageState.Done, ReasonCode.Success, Matched: 1), answer));
        }

        return batches * PerBatch;
    }
}
