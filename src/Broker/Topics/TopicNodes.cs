namespace OrleansBroker.Broker.Topics;

/// <summary>
/// The shape of a topic tree without its values: nodes in one segmented array, linked with their siblings for enumeration and
/// O(1) removal, found by (parent, level) through one hash table for the whole tree (see TopicNodes.Edges.cs).
/// Every operation is O(levels of the key), whatever the number of children of a node. Not thread-safe.
/// </summary>
internal sealed partial class TopicNodes
{
    public const int Root = 0;

    /// <summary>Nodes that a tree may have had when the emptied tree lets its memory go.</summary>
    private const int KeptWhenEmpty = 1024;

    private SegmentedArray<TopicNode> _nodes;
    private int _firstFree;

    public TopicNodes() => Reset();

    /// <summary>Nodes in use, the root not counted.</summary>
    public int Count { get; private set; }

    /// <summary>Every node in use has an index below this one.</summary>
    public int End { get; private set; }

    /// <summary>The node; the reference is valid until the next add.</summary>
    public ref TopicNode this[int index] => ref _nodes[index];

    /// <summary>The node of <paramref name="key"/>, or 0. An empty key is no topic: 0.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
            return Root;
        var node = Root;
        for (var start = 0; start <= key.Length;)
        {
            var level = TopicLevel.Read(key, start, out start);
            node = FindChild(node, level);
            if (node == Root)
                break;
        }
        return node;
    }

    /// <summary>The node of <paramref name="key"/>, made with its parents where they were missing.</summary>
    public int GetOrAdd(ReadOnlySpan<byte> key)
    {
        var node = Root;
        for (var start = 0; start <= key.Length;)
        {
            var level = TopicLevel.Read(key, start, out start);
            var child = FindChild(node, level);
            node = child != 0 ? child : AddChild(node, level);
        }
        return node;
    }

    /// <summary>Frees <paramref name="node"/> if it has neither value nor children, then its parents likewise.</summary>
    public void Prune(int node)
    {
        while (node != Root && this[node].IsEmpty)
        {
            var parent = this[node].Parent;
            RemoveEdge(node);
            Unlink(node);
            Free(node);
            node = parent;
        }
        if (Count == 0 && End > KeptWhenEmpty)
            Reset();
    }

    /// <summary>The child <c>#</c> of <paramref name="node"/>, or 0.</summary>
    public static int MultiLevelChild(in TopicNode node) =>
        (node.Flags & TopicNodeFlags.HasMultiLevelChild) != 0 ? node.FirstChild : 0;

    /// <summary>The child <c>+</c> of <paramref name="node"/>, or 0.</summary>
    public int SingleLevelChild(in TopicNode node)
    {
        if ((node.Flags & TopicNodeFlags.HasSingleLevelChild) == 0)
            return 0;
        return (node.Flags & TopicNodeFlags.HasMultiLevelChild) != 0 ? this[node.FirstChild].NextSibling : node.FirstChild;
    }

    private int AddChild(int parent, in TopicLevel level)
    {
        var index = Allocate();
        ref var node = ref this[index];
        node = new TopicNode
        {
            Parent = parent,
            Head = level.Head,
            Second = level.Second,
            Tail = TailOf(level),
            Length = level.Length,
            Flags = TopicNodeFlags.InUse,
        };
        var sibling = this[parent].FirstChild;
        if (sibling != 0)
        {
            AddEdge(sibling);
            AddEdge(index);
        }
        Link(index);
        return index;
    }

    private void Link(int index)
    {
        ref var node = ref this[index];
        ref var parent = ref this[node.Parent];
        var after = 0;
        if (node.IsMultiLevelWildcard)
        {
            parent.Flags |= TopicNodeFlags.HasMultiLevelChild;
        }
        else
        {
            var plus = SingleLevelChild(parent);
            after = plus != 0 ? plus : MultiLevelChild(parent);
            if (node.IsSingleLevelWildcard)
                parent.Flags |= TopicNodeFlags.HasSingleLevelChild;
        }

        ref var next = ref (after == 0 ? ref parent.FirstChild : ref this[after].NextSibling);
        node.PreviousSibling = after;
        node.NextSibling = next;
        if (next != 0)
            this[next].PreviousSibling = index;
        next = index;
    }

    private void Unlink(int index)
    {
        ref var node = ref this[index];
        ref var parent = ref this[node.Parent];
        if (node.IsMultiLevelWildcard)
            parent.Flags &= ~TopicNodeFlags.HasMultiLevelChild;
        else if (node.IsSingleLevelWildcard)
            parent.Flags &= ~TopicNodeFlags.HasSingleLevelChild;

        if (node.PreviousSibling != 0)
            this[node.PreviousSibling].NextSibling = node.NextSibling;
        else
            parent.FirstChild = node.NextSibling;
        if (node.NextSibling != 0)
            this[node.NextSibling].PreviousSibling = node.PreviousSibling;
    }

    private int Allocate()
    {
        Count++;
        if (_firstFree != 0)
        {
            var free = _firstFree;
            _firstFree = this[free].NextSibling;
            return free;
        }
        _nodes.EnsureIndex(End);
        return End++;
    }

    private void Free(int index)
    {
        this[index] = new TopicNode { NextSibling = _firstFree };
        _firstFree = index;
        Count--;
    }

    private void Reset()
    {
        _nodes = new();
        _nodes[Root].Flags = TopicNodeFlags.InUse;
        _firstFree = 0;
        End = Root + 1;
        ResetEdges();
    }
}
