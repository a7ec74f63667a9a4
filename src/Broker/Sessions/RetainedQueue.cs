using OrleansBroker.Broker.Subscriptions;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// Retained batches that wait for room, in the order of their arrival. Those of one subscription are found by its version: whoever subscribes to many filters again, while what
/// they gave before waits still, must not have all of it looked through for each batch.
/// </summary>
internal sealed class RetainedQueue
{
    private readonly LinkedList<RetainedBatch> _order = [];
    private readonly Dictionary<uint, LinkedList<LinkedListNode<RetainedBatch>>> _byVersion = [];

    public int Count => _order.Count;

    public static uint VersionOf(RetainedBatch batch) => batch.Match.Grants[0].Version;

    /// <summary>The oldest; only when <see cref="Count"/> is above 0.</summary>
    public RetainedBatch Peek() => _order.First!.Value;

    public void Enqueue(RetainedBatch batch)
    {
        if (!_byVersion.TryGetValue(VersionOf(batch), out var same)) _byVersion[VersionOf(batch)] = same = [];
        same.AddLast(_order.AddLast(batch));
    }

    public RetainedBatch Dequeue()
    {
        var batch = Peek();
        _order.RemoveFirst();
        // In its subscription's order it is the oldest, too.
        var same = _byVersion[VersionOf(batch)];
        same.RemoveFirst();
        if (same.Count == 0) _byVersion.Remove(VersionOf(batch));
        return batch;
    }

    /// <summary>The newest of the subscription; null when none waits.</summary>
    public RetainedBatch? LastOf(uint version) => _byVersion.TryGetValue(version, out var same) ? same.Last!.Value.Value : null;

    /// <summary>Takes out all of the subscription, in their order.</summary>
    public IEnumerable<RetainedBatch> TakeOf(uint version)
    {
        if (!_byVersion.Remove(version, out var same)) return [];
        foreach (var node in same) _order.Remove(node);
        return same.Select(static node => node.Value);
    }
}
