namespace OrleansBroker.Broker.Topics;

/// <summary>Judges the values that <see cref="TopicTree{TValue}.Sweep{TSweep}"/> passes; a struct, so that nothing is allocated.</summary>
public interface ITopicSweep<in TValue>
{
    /// <summary>True: the value is removed from the tree. Must not change the tree itself.</summary>
    bool ShouldRemove(TValue value);
}
