namespace OrleansBroker.Broker.Topics;

/// <summary>
/// The edges: one hash table over (parent, level) with chains through the nodes. A child without siblings, as most levels of device topics
/// are, is not in it but found through its parent, beside which it mostly lies in memory. The table grows by linear hashing
/// (Litwin 1980): each edge beyond one per bucket splits one bucket, so that no add ever rehashes the whole table.
/// </summary>
internal sealed partial class TopicNodes
{
    private const int FirstBucketCount = 4;

    /// <summary>Long levels like "environmental-sensor" occur below every device: their tails are shared when seen again soon.</summary>
    private const int RecentTailCount = 256;

    private SegmentedArray<int> _buckets;
    private int _edgeCount;
    private int _bucketCount;
    /// <summary>Smallest power of two that is not below the bucket count, less one.</summary>
    private uint _bucketMask;
    private byte[]?[]? _recentTails;

    /// <summary>The child of <paramref name="parent"/> at <paramref name="level"/>, literally (a wildcard finds itself), or 0.</summary>
    public int FindChild(int parent, in TopicLevel level)
    {
        var first = this[parent].FirstChild;
        if (first == 0)
            return 0;
        ref var child = ref this[first];
        if (child.Is(level))
            return first;
        return child.NextSibling == 0 ? 0 : FindEdge(parent, level);
    }

    private int FindEdge(int parent, in TopicLevel level)
    {
        var hash = SeededHash.OfEdge(parent, level.Hash());
        var index = _buckets[BucketOf(hash)];
        while (index != 0)
        {
            ref var node = ref this[index];
            if (node.Parent == parent && node.Is(level))
                break;
            index = node.NextInBucket;
        }
        return index;
    }

    /// <summary>Puts a node into the table; again does nothing.</summary>
    private void AddEdge(int index)
    {
        ref var node = ref this[index];
        if ((node.Flags & TopicNodeFlags.HasEdge) != 0)
            return;
        if (_edgeCount == _bucketCount)
            SplitBucket();
        _edgeCount++;
        node.Flags |= TopicNodeFlags.HasEdge;
        ref var bucket = ref _buckets[BucketOf(node.EdgeHash())];
        node.NextInBucket = bucket;
        bucket = index;
    }

    private void RemoveEdge(int index)
    {
        ref var node = ref this[index];
        if ((node.Flags & TopicNodeFlags.HasEdge) == 0)
            return;
        _edgeCount--;
        ref var link = ref _buckets[BucketOf(node.EdgeHash())];
        while (link != index)
            link = ref this[link].NextInBucket;
        link = node.NextInBucket;
    }

    private int BucketOf(uint hash)
    {
        var bucket = hash & _bucketMask;
        // The upper buckets that do not exist yet are still in their lower halves.
        return (int)(bucket < (uint)_bucketCount ? bucket : hash & (_bucketMask >> 1));
    }

    private void SplitBucket()
    {
        var added = _bucketCount++;
        _buckets.EnsureIndex(added);
        if ((uint)added > _bucketMask)
            _bucketMask = (_bucketMask << 1) | 1;

        ref var source = ref _buckets[added & (int)(_bucketMask >> 1)];
        var index = source;
        source = 0;
        while (index != 0)
        {
            ref var node = ref this[index];
            var next = node.NextInBucket;
            ref var target = ref _buckets[BucketOf(node.EdgeHash())];
            node.NextInBucket = target;
            target = index;
            index = next;
        }
    }

    private byte[]? TailOf(in TopicLevel level)
    {
        if (level.Tail.IsEmpty)
            return null;
        _recentTails ??= new byte[RecentTailCount][];
        ref var recent = ref _recentTails[level.Hash() % RecentTailCount];
        if (recent is null || !level.Tail.SequenceEqual(recent))
            recent = level.Tail.ToArray();
        return recent;
    }

    private void ResetEdges()
    {
        _buckets = new();
        _edgeCount = 0;
        _bucketCount = FirstBucketCount;
        _bucketMask = FirstBucketCount - 1;
        _recentTails = null;
    }
}
