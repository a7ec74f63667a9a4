using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A message of QoS 0 that waits in a shard's inbox counts against its publisher until it is settled: it must be, wherever its receivers are.</summary>
public sealed class DeferredPublishTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    [Theory]
    [InlineData("deferred/#")]
    [InlineData("$share/g/deferred/#")]
    public async Task Publish_QoS0ToABusyShardForASessionElsewhere_IsSettled(string filter)
    {
        var topic = $"deferred/{filter.Length}/t";
        await silos.Cluster.MoveShardAsync(topic, silos.First);
        var subscriber = silos.Second.Client($"deferred{filter.Length}");
        await subscriber.ConnectAsync();
        await subscriber.SubscribeAsync(filter);
        var monitor = silos.First.Shards.Find(silos.Cluster.Space.OfTopic(Encoding.UTF8.GetBytes(topic)))!;
        using var entered = new SemaphoreSlim(0);
        using var mayLeave = new ManualResetEventSlim();
        var cancellation = TestContext.Current.CancellationToken;
        var holder = Task.Run(
            () => monitor.ReadAsync(_ =>
            {
                entered.Release();
                mayLeave.Wait(cancellation);
                return true;
            }),
            cancellation);
        await entered.WaitAsync(cancellation);
        var publisher = new TestPublisher();

        silos.First.Router.Publish(new Publication(Encoding.UTF8.GetBytes(topic + "x"), topic.Length, 0, QoS.AtMostOnce, retain: false, "p").PublishedBy(publisher));
        mayLeave.Set();

        Assert.Equal("x", await subscriber.NextPayloadAsync());
        await publisher.Settled.WaitAsync(TestClient.Patience, cancellation);
        await holder;
        await BrokerCluster.EventuallyAsync(() => silos.First.Outstanding.Count == 0);
    }
}
