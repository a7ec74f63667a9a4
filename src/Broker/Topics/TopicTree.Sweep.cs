namespace OrleansBroker.Broker.Topics;

public sealed partial class TopicTree<TValue>
{
    /// <summary>
    /// Shows the next values to <paramref name="sweep"/>, in no particular order, and removes those that it names. The tree may change between
    /// calls: a value present during a whole round is shown in it, a removed one is not.
    /// </summary>
    /// <param name="position">Where to go on: 0 at first, then as left by the call before.</param>
    /// <param name="maximumSteps">Nodes to look at, at most.</param>
    /// <returns>True when this call ended a round; the next one begins another.</returns>
    public bool Sweep<TSweep>(ref int position, int maximumSteps, ref TSweep sweep)
        where TSweep : struct, ITopicSweep<TValue>, allows ref struct
    {
        for (; maximumSteps > 0 && position < _nodes.End; maximumSteps--, position++)
        {
            if (_nodes[position].HasValue && sweep.ShouldRemove(_values[position]!))
                RemoveValue(position);
        }
        var ended = position >= _nodes.End;
        if (ended)
            position = 0;
        return ended;
    }
}
