namespace OrleansBroker.Broker.Topics;

/// <summary>
/// Removal while cursors are open: a cursor stands on a node, so emptied nodes stay until the last cursor has been closed and
/// then go a few at a time, with the changes that follow.
/// </summary>
public sealed partial class TopicTree<TValue>
{
    /// <summary>One more than a change can add, so that the backlog shrinks with every change.</summary>
    private const int DeferredPerChange = 2;
    private const int DeferredPerClosedCursor = 1024;

    private readonly List<int> _deferred = [];
    private int _openCursors;

    private void PruneOrDefer(int node)
    {
        if (_openCursors > 0)
            _deferred.Add(node);
        else
            Prune(node);
    }

    private void Prune(int node)
    {
        _nodes.Prune(node);
        // The emptied nodes have let a large tree's memory go: so do the values.
        if (_nodes.End == TopicNodes.Root + 1)
            _values = new();
    }

    private void PruneDeferred(int maximum)
    {
        if (_openCursors > 0)
            return;
        for (; maximum > 0 && _deferred.Count > 0; maximum--)
        {
            var node = _deferred[^1];
            _deferred.RemoveAt(_deferred.Count - 1);
            // It may have a value again, or may have gone with a child and serve another level now: then it is not empty.
            if (node < _nodes.End && (_nodes[node].Flags & TopicNodeFlags.InUse) != 0)
                Prune(node);
        }
    }

    private void CloseCursor()
    {
        _openCursors--;
        PruneDeferred(DeferredPerClosedCursor);
    }
}
