using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Messages of one session that were dropped, by reason (invariant B14). Made with the first: few sessions have any.</summary>
public sealed class SessionDrops
{
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;

    private readonly long[] _counts = new long[Reasons];

    /// <summary>There are some that the journal does not have.</summary>
    public bool IsChanged { get; private set; }

    public void Add(DropReason reason, int count)
    {
        _counts[(int)reason] += count;
        IsChanged = true;
    }

    public void Restore(DropReason reason, long count) => _counts[(int)reason] += count;

    public void Stored() => IsChanged = false;

    /// <summary>Those that were counted.</summary>
    public IEnumerable<(DropReason Reason, long Count)> Counted()
    {
        for (var reason = 0; reason < _counts.Length; reason++)
        {
            if (_counts[reason] > 0) yield return ((DropReason)reason, _counts[reason]);
        }
    }
}
