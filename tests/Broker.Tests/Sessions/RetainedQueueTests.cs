using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Sessions;

public sealed class RetainedQueueTests
{
    private readonly RetainedQueue _queue = new();

    [Fact]
    public void TakeOf_OneAmongOthers_TakesItsOwnInOrderAndKeepsTheOrderOfTheRest()
    {
        var batches = Enqueue(1, 2, 1, 3, 2, 1);

        Assert.Equal([batches[0], batches[2], batches[5]], _queue.TakeOf(1));

        Assert.Empty(_queue.TakeOf(1));
        Assert.Null(_queue.LastOf(1));
        Assert.Same(batches[4], _queue.LastOf(2));
        Assert.Equal([batches[1], batches[3], batches[4]], DequeueAll());
    }

    /// <summary>Against a plain list.</summary>
    [Fact]
    public void AnySequence_IsAsAListHasIt()
    {
        var random = new Random(7);
        var model = new List<RetainedBatch>();
        for (var step = 0; step < 5_000; step++)
        {
            var version = (uint)random.Next(1, 9);
            switch (random.Next(8))
            {
                case < 5:
                    model.AddRange(Enqueue(version));
                    break;
                case < 7 when model.Count > 0:
                    Assert.Same(model[0], _queue.Peek());
                    Assert.Same(model[0], _queue.Dequeue());
                    model.RemoveAt(0);
                    break;
                default:
                    Assert.Equal(model.Where(batch => RetainedQueue.VersionOf(batch) == version), _queue.TakeOf(version));
                    model.RemoveAll(batch => RetainedQueue.VersionOf(batch) == version);
                    break;
            }

            Assert.Equal(model.Count, _queue.Count);
            Assert.Same(model.LastOrDefault(batch => RetainedQueue.VersionOf(batch) == version), _queue.LastOf(version));
        }

        Assert.NotEmpty(model);
        Assert.Equal(model, DequeueAll());
    }

    private List<RetainedBatch> Enqueue(params uint[] versions)
    {
        List<RetainedBatch> batches = [.. versions.Select(static version => new RetainedBatch(new RouteMatch(new FakeReceiver("c"), 1, [new RouteGrant(version, QoS.AtLeastOnce, false, false, 0)]), []))];
        foreach (var batch in batches) _queue.Enqueue(batch);
        return batches;
    }

    private List<RetainedBatch> DequeueAll()
    {
        var all = new List<RetainedBatch>();
        while (_queue.Count > 0) all.Add(_queue.Dequeue());
        return all;
    }
}
