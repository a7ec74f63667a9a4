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
        private Walk _walk;
        private bool _isOpen = true;

        internal Cursor(TopicTree<TValue> tree, byte[] filter)
        {
            _tree = tree;
            _walk = new Walk(tree, filter);
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
                if (!_walk.MoveBelow() && !_walk.MoveOn())
                {
                    Dispose();
                }
                else if (_walk.IsMatch)
                {
                    value = _tree._values[_walk.Node]!;
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
    }
}
