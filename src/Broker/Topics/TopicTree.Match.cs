namespace OrleansBroker.Broker.Topics;

public sealed partial class TopicTree<TValue>
{
    /// <summary>Only a '+' beside a matching literal waits as a branch; more than these rent an array.</summary>
    private const int BranchesOnStack = 16;

    /// <summary>
    /// Gives the value of every key, a topic filter, that matches <paramref name="topicName"/>, each once. Allocates nothing.
    /// Visits at most filters × levels nodes, in practice a few per level.
    /// </summary>
    public void Match<TVisitor>(ReadOnlySpan<byte> topicName, ref TVisitor visitor)
        where TVisitor : struct, ITopicVisitor<TValue>, allows ref struct
    {
        if (topicName.IsEmpty || Count == 0)
            return;
        using var branches = new TopicBranchStack(stackalloc TopicBranch[BranchesOnStack]);
        // A filter that begins with a wildcard does not match a topic that begins with '$' [MQTT5-4.7.2-1] [MQTT311-4.7.2-1].
        var wildcards = topicName[0] != TopicLevel.ReservedPrefix;
        var start = 0;
        var at = TopicNodes.Root;
        do
        {
            ref var node = ref _nodes[at];
            int literal = 0, plus = 0;
            // "a/#" matches "a" too: '#' stands for the parent level and any number below it (MQTT5 section 4.7.1.2).
            if (wildcards)
                VisitIfValued(TopicNodes.MultiLevelChild(node), ref visitor);
            if (start > topicName.Length)
            {
                VisitIfValued(at, ref visitor);
            }
            else if (node.FirstChild != 0)
            {
                var level = TopicLevel.Read(topicName, start, out start);
                literal = _nodes.FindChild(at, level);
                plus = wildcards ? _nodes.SingleLevelChild(node) : 0;
            }

            wildcards = true;
            at = literal;
            if (literal == 0)
                at = plus;
            else if (plus != 0)
                branches.Push(plus, start);
        }
        while (at != 0 || branches.TryPop(out at, out start));
    }

    /// <summary>As <see cref="Match{TVisitor}"/>, added to a list.</summary>
    public void Match(ReadOnlySpan<byte> topicName, List<TValue> matches)
    {
        var visitor = new ListVisitor(matches);
        Match(topicName, ref visitor);
    }

    private void VisitIfValued<TVisitor>(int index, ref TVisitor visitor)
        where TVisitor : struct, ITopicVisitor<TValue>, allows ref struct
    {
        if (_nodes[index].HasValue)
            visitor.Visit(_values[index]!);
    }

    private readonly struct ListVisitor(List<TValue> matches) : ITopicVisitor<TValue>
    {
        public void Visit(TValue value) => matches.Add(value);
    }
}
