namespace OrleansBroker.Broker.Topics;

/// <summary>Receives what <see cref="TopicTree{TValue}.Match{TVisitor}"/> finds; a struct, so that nothing is allocated.</summary>
public interface ITopicVisitor<in TValue>
{
    /// <summary>Called once for each matching key, in no particular order. Must not change the tree.</summary>
    void Visit(TValue value);
}
