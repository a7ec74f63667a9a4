using System.Diagnostics.CodeAnalysis;

namespace OrleansBroker.Broker.Topics;

/// <summary>
/// Values by topic filter or by topic name, as UTF-8 bytes split at '/'. Used both ways: keys are filters and
/// <see cref="Match{TVisitor}"/> takes a topic name (subscriptions), or keys are topic names and <see cref="Find"/> takes a filter (retained
/// messages). Keys are validated by the caller: never empty, wildcards only as whole levels and <c>#</c> only last. The
/// number of levels is bounded by the caller too: a node costs 56 bytes, and an empty level is a node like any other.
/// The memory of removed levels is used again, and let go when the tree is empty.
/// Not thread-safe: it belongs to one monitor. Several concurrent readers are fine while nobody changes it.
/// </summary>
public sealed partial class TopicTree<TValue>
    where TValue : notnull
{
    private readonly TopicNodes _nodes = new();
    private SegmentedArray<TValue?> _values = new();

    /// <summary>Keys that have a value.</summary>
    public int Count { get; private set; }

    /// <summary>Levels held, for memory accounting; keys with the same first levels share them.</summary>
    public int NodeCount => _nodes.Count;

    /// <summary>The place of the value of <paramref name="key"/>, made when it was missing: the caller fills it then.</summary>
    /// <param name="exists">False when the place is new and holds the default.</param>
    /// <returns>A reference that is valid until the next change of the tree.</returns>
    public ref TValue? GetOrAdd(ReadOnlySpan<byte> key, out bool exists)
    {
        ArgumentOutOfRangeException.ThrowIfZero(key.Length);
        PruneDeferred(DeferredPerChange);
        var index = _nodes.GetOrAdd(key);
        ref var node = ref _nodes[index];
        exists = node.HasValue;
        if (!exists)
        {
            _values.EnsureIndex(_nodes.End - 1);
            node.Flags |= TopicNodeFlags.HasValue;
            Count++;
        }
        return ref _values[index];
    }

    /// <summary>The value of exactly this key; a wildcard in it stands for itself.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
    {
        var index = _nodes.Find(key);
        var found = index != TopicNodes.Root && _nodes[index].HasValue;
        value = found ? _values[index] : default;
        return found;
    }

    /// <summary>Removes the value of exactly this key, and every level that nothing needs any more.</summary>
    /// <returns>False when there was none.</returns>
    public bool Remove(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
    {
        PruneDeferred(DeferredPerChange);
        var index = _nodes.Find(key);
        var found = index != TopicNodes.Root && _nodes[index].HasValue;
        value = found ? _values[index] : default;
        if (found)
            RemoveValue(index);
        return found;
    }

    private void RemoveValue(int index)
    {
        ref var node = ref _nodes[index];
        node.Flags &= ~TopicNodeFlags.HasValue;
        _values[index] = default;
        Count--;
        PruneOrDefer(index);
    }
}
