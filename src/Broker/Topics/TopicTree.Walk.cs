namespace OrleansBroker.Broker.Topics;

public sealed partial class TopicTree<TValue>
{
    /// <summary>
    /// From node to node among those that a filter lets in, parents before children, siblings in no particular order. It holds a node and a place in the
    /// filter, no stack. Nodes must stay while it is used: whoever has one counts as an open cursor.
    /// </summary>
    private struct Walk
    {
        private readonly TopicTree<TValue> _tree;
        private readonly byte[] _filter;
        /// <summary>A filter that begins with a wildcard does not match a topic that begins with '$' [MQTT5-4.7.2-1].</summary>
        private readonly bool _skipsReserved;
        /// <summary>Where the filter's level for the children of the node begins; length + 1 when no level is left.</summary>
        private int _start;
        /// <summary>The node below which everything matches because its level in the filter is '#'; -1 outside of one.</summary>
        private int _subtree = -1;

        public Walk(TopicTree<TValue> tree, byte[] filter)
        {
            _tree = tree;
            _filter = filter;
            _skipsReserved = filter[0] is TopicLevel.MultiLevelWildcard or TopicLevel.SingleLevelWildcard;
        }

        private Walk(TopicTree<TValue> tree)
        {
            _tree = tree;
            _filter = [];
            _subtree = TopicNodes.Root;
        }

        /// <summary>Where it stands; at first at the root.</summary>
        public int Node { get; private set; } = TopicNodes.Root;

        /// <summary>Levels of the node: 0 of the root.</summary>
        public int Depth { get; private set; }

        /// <summary>The node has a value, and its key matches.</summary>
        // "a/#" matches "a" too: '#' stands for the parent level and any number below it (MQTT5 section 4.7.1.2).
        public readonly bool IsMatch
        {
            get
            {
                ref var node = ref _tree._nodes[Node];
                return node.HasValue && !IsSkipped(node)
                    && (_subtree >= 0 || _start > _filter.Length || FirstByteAt(_start) == TopicLevel.MultiLevelWildcard);
            }
        }

        /// <summary>A walk over all nodes, whatever their keys begin with.</summary>
        public static Walk OverAll(TopicTree<TValue> tree) => new(tree);

        /// <summary>To the first child that the filter's next level lets in, with the place in the filter moved on; false, and where it was, when there is none.</summary>
        public bool MoveBelow()
        {
            var child = ChildOf(_tree._nodes[Node]);
            if (child == 0)
                return false;
            Node = child;
            Depth++;
            return true;
        }

        /// <summary>To the next node beside this one or beside one of its parents, with the place in the filter moved back; false at the end.</summary>
        public bool MoveOn()
        {
            while (Node != TopicNodes.Root)
            {
                ref var node = ref _tree._nodes[Node];
                if (_subtree == Node)
                    _subtree = -1;
                if (node.NextSibling != 0 && HasSiblings())
                {
                    Node = node.NextSibling;
                    return true;
                }
                if (_subtree < 0)
                    _start = LastLevel();
                Node = node.Parent;
                Depth--;
            }
            return false;
        }

        private int ChildOf(in TopicNode node)
        {
            if (node.FirstChild == 0 || IsSkipped(node))
                return 0;
            if (_subtree >= 0)
                return node.FirstChild;
            if (_start > _filter.Length)
                return 0;
            switch (FirstByteAt(_start))
            {
                case TopicLevel.MultiLevelWildcard:
                    _subtree = Node;
                    return node.FirstChild;
                case TopicLevel.SingleLevelWildcard:
                    _start += 2;
                    return node.FirstChild;
                default:
                    var level = TopicLevel.Read(_filter, _start, out var next);
                    var child = _tree._nodes.FindChild(Node, level);
                    if (child != 0)
                        _start = next;
                    return child;
            }
        }

        /// <summary>The filter's level that let the node in lets its siblings in too.</summary>
        private readonly bool HasSiblings() => _subtree >= 0 || FirstByteAt(LastLevel()) == TopicLevel.SingleLevelWildcard;

        /// <summary>Where the filter's level for the node itself begins.</summary>
        private readonly int LastLevel() => _filter.AsSpan(0, _start - 1).LastIndexOf(TopicLevel.Separator) + 1;

        private readonly bool IsSkipped(in TopicNode node) => _skipsReserved && node.Parent == TopicNodes.Root && node.IsReserved;

        /// <summary>The byte of the filter at <paramref name="index"/>; at its end, where an empty level may stand, a separator.</summary>
        private readonly byte FirstByteAt(int index) => index < _filter.Length ? _filter[index] : TopicLevel.Separator;
    }
}
