using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Cluster.Tests;

/// <summary>Numbered messages across two gateways and two cores: nothing that was acknowledged is lost, doubled at QoS 2 or out of order.</summary>
public sealed class LoadTests(Database database)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Load_OverAllNodes_NothingIsLostDoubledOrOutOfOrder()
    {
        const int Enough = 4_000;
        await using var cluster = await RunningCluster.StartAsync(database.Server, gateways: 2, cores: 2, "Broker:Limits:MaxQueuedMessages=1000000");
        var gateways = cluster.Gateways.Select(static gateway => gateway.Tcp).ToArray();
        NumberedPublisher[] publishers = [.. Enumerable.Range(0, 6).Select(i => new NumberedPublisher(gateways[i % 2], $"numbers/{i}", 1 + (i / 2 % 2)))];
        NumberedSubscriber[] subscribers =
        [
            new(gateways[0], "first", "numbers/#", online: null),
            new(gateways[1], "second", "numbers/+", online: null),
            Wanderer(gateways),
        ];
        foreach (var subscriber in subscribers) await subscriber.SubscribeAsync();
        using var stopPublishing = new CancellationTokenSource();
        using var stopReceiving = new CancellationTokenSource();
        var publishing = Task.WhenAll(publishers.Select(publisher => Task.Run(() => publisher.RunAsync(stopPublishing.Token))));
        var receiving = Task.WhenAll(subscribers.Select(subscriber => Task.Run(() => subscriber.RunAsync(IsWhole, stopReceiving.Token))));

        // Both only end by a fault before.
        while (subscribers.Any(static subscriber => subscriber.Count < Enough) && !publishing.IsCompleted && !receiving.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        await stopPublishing.CancelAsync();
        await publishing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await stopReceiving.CancelAsync();
        await receiving.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.All(subscribers, subscriber =>
        {
            Assert.True(IsWhole(subscriber));
            Assert.Empty(subscriber.Doubled);
            Assert.Empty(subscriber.Disordered);
        });

        bool IsWhole(NumberedSubscriber subscriber) => publishers.All(publisher => !publisher.Acknowledged.Except(subscriber.Of(publisher.Topic)).Any());
    }

    /// <summary>Comes back on the other gateway each time.</summary>
    private static NumberedSubscriber Wanderer(Endpoint[] gateways)
    {
        var connections = 0;
        return new NumberedSubscriber(() => gateways[connections++ % gateways.Length], "wanderer", "numbers/#", TimeSpan.FromMilliseconds(500));
    }
}
