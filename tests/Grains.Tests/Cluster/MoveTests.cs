using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Shards and sessions that change their silo, or lose it, while they are used: order and completeness (invariants B3, B4).</summary>
public sealed class MoveTests : IAsyncLifetime
{
    private const string Topic = "moves/on/t";
    private const int Messages = 2_000;
    private const int InFlight = 40;

    private BrokerCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await BrokerCluster.StartAsync(silos: 3);
        await _cluster.OpenShardsAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public async Task Shard_MovesFromNodeToNodeUnderLoad_EveryMessageOnceAndInOrder(QoS qos)
    {
        var subscriber = await SubscriberAsync(_cluster.Nodes[1]);
        var publishing = PublishAsync(_cluster.Nodes[0].Client("moves-p"), qos);
        var moved = 0;
        while (!publishing.IsCompleted || moved < 4) await _cluster.MoveShardAsync(Topic, _cluster.Nodes[++moved % 3]);

        await publishing;
        for (var i = 0; i < Messages; i++) Assert.Equal($"{i}", await subscriber.NextPayloadAsync());
        subscriber.HasNothing();
        Assert.All(_cluster.Nodes, static node => Assert.Equal(0, node.Outstanding.Count));
    }

    [Fact]
    public async Task Session_LeavesMemoryAgainAndAgainUnderLoad_QueueHasEveryMessageOnceAndInOrder()
    {
        var subscriber = await SubscriberAsync(_cluster.Nodes[1]);
        await subscriber.DisconnectAsync();
        var publishing = PublishAsync(_cluster.Nodes[0].Client("moves-p"), QoS.AtLeastOnce);
        while (!publishing.IsCompleted) await _cluster.DeactivateAsync("moves-s");

        await publishing;
        Assert.True(await subscriber.ConnectAsync(TestClient.Durable));
        for (var i = 0; i < Messages; i++) Assert.Equal($"{i}", await subscriber.NextPayloadAsync());
        subscriber.HasNothing();
    }

    [Fact]
    public async Task SiloOfTheShard_Killed_WhatWasNotDoneGoesToTheNextOwnerInOrder()
    {
        var subscriber = await SubscriberAsync(_cluster.Nodes[0]);
        await _cluster.MoveShardAsync(Topic, _cluster.Nodes[2]);
        var publishing = PublishAsync(_cluster.Nodes[0].Client("moves-p"), QoS.AtLeastOnce);
        await subscriber.NextPayloadAsync();
        await _cluster.KillAsync(_cluster.Nodes[2]);

        await publishing;
        // Those whose done was lost come a second time; nothing is missing, and what is new comes in order.
        for (var next = 1; next < Messages;)
        {
            var number = int.Parse(await subscriber.NextPayloadAsync());
            Assert.InRange(number, next - InFlight, next);
            if (number == next) next++;
        }
    }

    [Fact]
    public async Task SiloOfTheSession_Killed_DurableSessionGetsWhatWasNotDoneInOrder()
    {
        var subscriber = await SubscriberAsync(_cluster.Nodes[2]);
        await subscriber.DisconnectAsync();
        await _cluster.MoveShardAsync(Topic, _cluster.Nodes[0]);
        var publisher = _cluster.Nodes[1].Client("moves-p");
        for (var i = 0; i < 10; i++) Assert.Equal(ReasonCode.Success, await publisher.PublishAsync(Topic, "first"));
        var publishing = PublishAsync(publisher, QoS.AtLeastOnce);
        await _cluster.KillAsync(_cluster.Nodes[2]);

        await publishing;
        subscriber = _cluster.Nodes[0].Client("moves-s");
        Assert.True(await subscriber.ConnectAsync(TestClient.Durable));
        for (var i = 0; i < 10; i++) Assert.Equal("first", await subscriber.NextPayloadAsync());
        for (var next = 0; next < Messages;)
        {
            var number = int.Parse(await subscriber.NextPayloadAsync());
            Assert.InRange(number, next - InFlight, next);
            if (number == next) next++;
        }
    }

    private static async Task<TestClient> SubscriberAsync(BrokerNode node)
    {
        var subscriber = node.Client("moves-s");
        await subscriber.ConnectAsync(TestClient.Durable);
        await subscriber.SubscribeAsync("moves/on/#");
        return subscriber;
    }

    private static async Task PublishAsync(TestClient publisher, QoS qos)
    {
        var waiting = new Queue<Task<ReasonCode>>();
        for (var i = 0; i < Messages; i++)
        {
            waiting.Enqueue(publisher.PublishAsync(Topic, $"{i}", qos));
            if (waiting.Count == InFlight) Assert.Equal(ReasonCode.Success, await waiting.Dequeue());
            if (i % InFlight == 0) await Task.Yield();
        }

        foreach (var left in waiting) Assert.Equal(ReasonCode.Success, await left);
    }
}
