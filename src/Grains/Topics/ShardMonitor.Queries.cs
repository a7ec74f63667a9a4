using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Monitors;

namespace OrleansBroker.Grains.Topics;

/// <summary>What is asked about the shard, and published to it, beside the way of messages.</summary>
internal sealed partial class ShardMonitor
{
    /// <summary>Reads under the monitor: as long as <paramref name="body"/> takes everything else of the shard waits.</summary>
    public Task<TResult> ReadAsync<TResult>(Func<Shard, TResult> body)
    {
        var operation = new PendingOperation<Shard, TResult>(body);
        Enter(new ShardWork(ShardWorkKind.Operation, operation));
        return operation.Task;
    }

    /// <summary>Takes the topic's retained message away; completes when that is committed.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> RemoveRetainedAsync(byte[] topic)
    {
        var removed = false;
        await RunAsync(shard =>
        {
            removed = shard.RemoveRetained(topic, _services.Clock.NowMilliseconds, out var number);
            return (number, null);
        });
        await ConfirmedAsync();
        return removed;
    }

    /// <summary>Publishes behind all that has come until now.</summary>
    public void Publish(CountedPublication counted) => Enter(new ShardWork(ShardWorkKind.PublishCounted, counted));

    private void RunCounted(CountedPublication counted)
    {
        if (_closed)
        {
            // Not handed on: its sender waits for nothing else, and goes to the next owner by himself.
            counted.NotTaken();
            return;
        }

        // The match is in the shard's cache then, and that of a topic which is too long for it costs another walk.
        counted.Matched = _shard.CountMatching(counted.Publication.Topic);
        RunPublish(counted.Publication);
    }
}
