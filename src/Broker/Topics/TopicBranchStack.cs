using System.Buffers;

namespace OrleansBroker.Broker.Topics;

/// <summary>The branches that a match has still to follow: at most one per level of the topic. Begins on the caller's stack.</summary>
internal ref struct TopicBranchStack(Span<TopicBranch> initial)
{
    private Span<TopicBranch> _branches = initial;
    private TopicBranch[]? _rented;
    private int _count;

    public void Push(int node, int start)
    {
        if (_count == _branches.Length)
            Grow();
        _branches[_count++] = new TopicBranch(node, start);
    }

    public bool TryPop(out int node, out int start)
    {
        if (_count == 0)
        {
            (node, start) = (0, 0);
            return false;
        }
        (node, start) = _branches[--_count];
        return true;
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<TopicBranch>.Shared.Return(_rented);
        _rented = null;
    }

    private void Grow()
    {
        var larger = ArrayPool<TopicBranch>.Shared.Rent(2 * _count);
        _branches.CopyTo(larger);
        Dispose();
        _branches = _rented = larger;
    }
}
