using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Shards;

/// <summary>Collects the retained messages for a new subscription and hands them to its session in one batch of references.</summary>
internal sealed class RetainedScan(RetainedStore<RetainedMessage> store, RouteMatch match, ReadOnlySpan<byte> filter) : ShardJob, IDisposable
{
    private readonly RetainedStore<RetainedMessage>.Cursor _cursor = store.Find(filter);
    /// <summary>Tree nodes per slice: at 10 to 40 ns each about 50 µs.</summary>
    private const int StepsPerSlice = 2_048;

    private readonly List<RetainedMessage> _found = [];

    public override bool HasGivenRetained => _found.Count > 0;

    public override bool RunSlice(long nowMilliseconds)
    {
        var steps = StepsPerSlice;
        while (true)
        {
            var state = _cursor.MoveNext(nowMilliseconds, ref steps, out var message);
            if (state == TopicCursorState.Paused) return false;
            if (state != TopicCursorState.Found) break;
            _found.Add(message!);
        }

        Dispose();
        if (_found.Count > 0) match.Receiver.DeliverRetained(new RetainedBatch(match, _found));
        return true;
    }

    public void Dispose() => _cursor.Dispose();
}
