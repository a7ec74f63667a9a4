namespace OrleansBroker.Broker.Topics;

public sealed partial class TopicTree<TValue>
{
    /// <summary>The first values in the order of their keys' bytes, found in slices of bounded work.</summary>
    /// <param name="topicFilter">Which keys, topic names, are wanted. Copied. Without the share part; empty: all keys, whatever they begin with.</param>
    /// <param name="after">Only keys behind this one are wanted. Copied; empty: from the beginning.</param>
    /// <param name="includesAfter">The value of <paramref name="after"/> itself is wanted too.</param>
    /// <param name="limit">At most so many values, at least 1.</param>
    /// <param name="accepts">Which values are wanted.</param>
    public Page FindFirst(ReadOnlySpan<byte> topicFilter, ReadOnlySpan<byte> after, bool includesAfter, int limit, Func<TValue, bool> accepts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return new Page(this, topicFilter.ToArray(), after.ToArray(), includesAfter, limit, accepts);
    }

    /// <summary>
    /// Siblings have no order in the tree, so all that could come first is looked at: one node after the other, without what is behind it where that cannot be among the first. The
    /// tree may change between calls, as with a <see cref="Cursor"/>. Dispose it if it is not led to its end.
    /// </summary>
    public sealed class Page : IDisposable
    {
        private static readonly Comparer<byte[]> LastFirst = Comparer<byte[]>.Create(static (left, right) => right.AsSpan().SequenceCompareTo(left));

        private readonly TopicTree<TValue> _tree;
        private readonly byte[] _after;
        private readonly bool _includesAfter;
        private readonly int _limit;
        private readonly Func<TValue, bool> _accepts;
        private readonly PriorityQueue<(byte[] Key, TValue Value), byte[]> _found = new(LastFirst);
        private readonly List<int> _ends = [0];
        private Walk _walk;
        private byte[] _key = new byte[256];
        private bool _mayGoBelow = true;
        private bool _isOpen = true;

        internal Page(TopicTree<TValue> tree, byte[] filter, byte[] after, bool includesAfter, int limit, Func<TValue, bool> accepts)
        {
            _tree = tree;
            _walk = filter.Length == 0 ? Walk.OverAll(tree) : new Walk(tree, filter);
            _after = after;
            _includesAfter = includesAfter;
            _limit = limit;
            _accepts = accepts;
            tree._openCursors++;
        }

        /// <summary>Goes on.</summary>
        /// <param name="remainingSteps">Nodes that may still be visited; lowered by those that were.</param>
        /// <returns>True when nothing is left to look at.</returns>
        public bool Advance(ref int remainingSteps)
        {
            while (_isOpen)
            {
                if (remainingSteps <= 0)
                    return false;
                remainingSteps--;
                if (!(_mayGoBelow && _walk.MoveBelow()) && !_walk.MoveOn())
                {
                    Dispose();
                    break;
                }
                var length = WriteKey();
                if (_walk.IsMatch)
                    Offer(_key.AsSpan(0, length));
                _mayGoBelow = MayBegin(_key.AsSpan(0, length + 1));
            }
            return true;
        }

        /// <summary>What was found, in order; once, at the end.</summary>
        public List<(byte[] Key, TValue Value)> Take()
        {
            var values = new List<(byte[] Key, TValue Value)>(_found.Count);
            while (_found.TryDequeue(out var last, out _))
                values.Add(last);
            values.Reverse();
            return values;
        }

        /// <summary>Ends the search; again does nothing.</summary>
        public void Dispose()
        {
            if (!_isOpen)
                return;
            _isOpen = false;
            _tree.CloseCursor();
        }

        /// <summary>The key of the node, from that of its parent, with a separator behind it.</summary>
        /// <returns>Its length without the separator.</returns>
        private int WriteKey()
        {
            ref var node = ref _tree._nodes[_walk.Node];
            var start = _ends[_walk.Depth - 1];
            var end = start + node.Length;
            if (_key.Length < end + TopicNode.InPlaceBytes)
                Array.Resize(ref _key, 2 * (end + TopicNode.InPlaceBytes));
            node.WriteLevel(_key.AsSpan(start));
            _key[end] = TopicLevel.Separator;
            if (_ends.Count == _walk.Depth)
                _ends.Add(0);
            _ends[_walk.Depth] = end + 1;
            return end;
        }

        private void Offer(ReadOnlySpan<byte> key)
        {
            var order = _after.Length == 0 ? 1 : key.SequenceCompareTo(_after);
            if (order < 0 || (order == 0 && !_includesAfter) || IsBehindFound(key))
                return;
            var value = _tree._values[_walk.Node]!;
            if (!_accepts(value))
                return;
            var own = key.ToArray();
            if (_found.Count == _limit)
                _found.EnqueueDequeue((own, value), own);
            else
                _found.Enqueue((own, value), own);
        }

        /// <summary>Whether a key that begins so can be among the first.</summary>
        private bool MayBegin(ReadOnlySpan<byte> prefix) =>
            !IsBehindFound(prefix) && (_after.Length == 0 || prefix.SequenceCompareTo(_after) > 0 || _after.AsSpan().StartsWith(prefix));

        private bool IsBehindFound(ReadOnlySpan<byte> key) => _found.Count == _limit && key.SequenceCompareTo(_found.Peek().Key) >= 0;
    }
}
