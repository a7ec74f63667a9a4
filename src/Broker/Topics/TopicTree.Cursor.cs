using System.Diagnostics.CodeAnalysis;

namespace OrleansBroker.Broker.Topics;

public sealed partial class TopicTree<TValue>
{
    /// <summary>All values whose key, a topic name, matches <paramref name="topicFilter"/>, in slices of bounded work.</summary>
    /// <param name="topicFilter">Copied. Without the share part.</param>
    public Cursor Find(ReadOnlySpan<byte> topicFilter)
    {
        ArgumentOutOfRangeException.ThrowIfZero(topicFilter.Length);
        return new Cursor(this, topicFilter.ToArray());
    }

    /// <summary>
    /// A walk over the tree that stops wherever the caller's steps end. It holds a node and a place in the filter, no stack. The tree
    /// may change between calls: a value present all the time is found exactly once, one that was removed before it was reached is not
    /// found, one that was added meanwhile may be. While a cursor is open emptied nodes are kept, so dispose it (its end does).
    /// </summary>
    public sealed class Cursor : IDisposable
    {
        private readonly TopicTree<TValue> _tree;
        private readonly byte[] _filter;
        /// <summary>A filter that begins with a wildcard does not match a topic that begins with '$' [MQTT5-4.7.2-1].</summary>
        private readonly bool _skipsReserved;
        private int _node = TopicNodes.Root;
        /// <summary>Where the filter's level for the children of the node begins; length + 1 when no level is left.</summary>
        private int _start;
        /// <summary>The node below which everything matches because its level in the filter is '#'; -1 outside of one.</summary>
        private int _subtree = -1;
        private bool _isOpen = true;

        internal Cursor(TopicTree<TValue> tree, byte[] filter)
        {
            _tree = tree;
            _filter = filter;
            _skipsReserved = filter[0] is TopicLevel.MultiLevelWildcard or TopicLevel.SingleLevelWildcard;
            tree._openCursors++;
        }

        /// <summary>Goes on to the next value.</summary>
        /// <param name="remainingSteps">Nodes that may still be visited, shared by the calls of a slice; lowered by those that were.</param>
        /// <param name="value">The value when <see cref="TopicCursorState.Found"/> is returned.</param>
        public TopicCursorState MoveNext(ref int remainingSteps, [MaybeNull] out TValue value)
        {
            value = default;
            while (_isOpen)
            {
                if (remainingSteps <= 0)
                    return TopicCursorState.Paused;
                remainingSteps--;
                var next = Enter();
                _node = next != 0 ? next : Leave();
                if (_node == TopicNodes.Root)
                {
                    Dispose();
                }
                else if (IsMatch(_tree._nodes[_node]))
                {
                    value = _tree._values[_node]!;
                    return TopicCursorState.Found;
                }
            }
            return TopicCursorState.Done;
        }

        /// <summary>Closes the cursor wherever it stands; again does nothing.</summary>
        public void Dispose()
        {
            if (!_isOpen)
                return;
            _isOpen = false;
            _tree.CloseCursor();
        }

        // "a/#" matches "a" too: '#' stands for the parent level and any number below it (MQTT5 section 4.7.1.2).
        private bool IsMatch(in TopicNode node) =>
            node.HasValue && !IsSkipped(node)
            && (_subtree >= 0 || _start > _filter.Length || FirstByteAt(_start) == TopicLevel.MultiLevelWildcard);

        private bool IsSkipped(in TopicNode node) =>
            _skipsReserved && node.Parent == TopicNodes.Root && node.IsReserved;

        /// <summary>The first child that the filter's next level lets in, with the place in the filter moved on; or 0.</summary>
        private int Enter()
        {
            ref var node = ref _tree._nodes[_node];
            if (node.FirstChild == 0 || IsSkipped(node))
                return 0;
            if (_subtree >= 0)
                return node.FirstChild;
            if (_start > _filter.Length)
                return 0;
            switch (FirstByteAt(_start))
            {
                case TopicLevel.MultiLevelWildcard:
                    _subtree = _node;
                    return node.FirstChild;
                case TopicLevel.SingleLevelWildcard:
                    _start += 2;
                    return node.FirstChild;
                default:
                    var level = TopicLevel.Read(_filter, _start, out var next);
                    var child = _tree._nodes.FindChild(_node, level);
                    if (child != 0)
                        _start = next;
                    return child;
            }
        }

        /// <summary>The next node beside this one or beside one of its parents, with the place in the filter moved back; or 0.</summary>
        private int Leave()
        {
            while (_node != TopicNodes.Root)
            {
                ref var node = ref _tree._nodes[_node];
                if (_subtree == _node)
                    _subtree = -1;
                if (_subtree >= 0)
                {
                    if (node.NextSibling != 0)
                        return node.NextSibling;
                }
                else
                {
                    var level = _filter.AsSpan(0, _start - 1).LastIndexOf(TopicLevel.Separator) + 1;
                    if (node.NextSibling != 0 && FirstByteAt(level) == TopicLevel.SingleLevelWildcard)
                        return node.NextSibling;
                    _start = level;
                }
                _node = node.Parent;
            }
            return TopicNodes.Root;
        }

        /// <summary>The byte of the filter at <paramref name="index"/>; at its end, where an empty level may stand, a separator.</summary>
        private byte FirstByteAt(int index) => index < _filter.Length ? _filter[index] : TopicLevel.Separator;
    }
}
