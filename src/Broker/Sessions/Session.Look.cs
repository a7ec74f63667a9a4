using OrleansBroker.Broker.Outcomes;

namespace OrleansBroker.Broker.Sessions;

/// <summary>What others are told of the session. Nothing changes by it.</summary>
public sealed partial class Session
{
    /// <summary>Null when there are none.</summary>
    public SessionDrops? Drops => _drops;

    /// <summary>Bytes of the messages that are in flight and would be sent again. Linear.</summary>
    public long InflightBytes
    {
        get
        {
            if (_inflight.Count == 0) return 0;
            var bytes = 0L;
            foreach (var identifier in _inflight.InOrder()) bytes += _inflight.TryGet(identifier).Message.Publication?.SizeBytes ?? 0;
            return bytes;
        }
    }

    /// <summary>The sequence of the oldest message that waits, or is in flight; null for none.</summary>
    public long? OldestSequence
    {
        get
        {
            var oldest = long.MaxValue;
            foreach (var identifier in _inflight.InOrder()) oldest = Math.Min(oldest, _inflight.TryGet(identifier).Message.Sequence);
            if (_queue.Count > 0) oldest = Math.Min(oldest, _queue.Peek().Sequence);
            if (StoredCount > 0) oldest = Math.Min(oldest, _stored!.Head.First);
            return oldest == long.MaxValue ? null : oldest;
        }
    }

    /// <summary>The messages behind a sequence, oldest first: those in flight, those that wait, and of those that are in the journal alone their sequences.</summary>
    /// <param name="limit">1 or more.</param>
    public IReadOnlyList<QueueEntry> Waiting(long after, int limit)
    {
        var waiting = new List<QueueEntry>();
        foreach (var identifier in _inflight.InOrder())
        {
            ref var slot = ref _inflight.TryGet(identifier);
            if (slot.Message.Sequence > after) waiting.Add(new QueueEntry(slot.Message, slot.PacketIdentifier, IsInJournal: false));
        }

        _queue.CopyBehind(after, limit, waiting);
        _stored?.CopyBehind(after, limit, waiting);
        waiting.Sort(static (left, right) => left.Message.Sequence.CompareTo(right.Message.Sequence));
        if (waiting.Count > limit) waiting.RemoveRange(limit, waiting.Count - limit);
        return waiting;
    }

    /// <summary>Those that an older activation counted.</summary>
    public void RestoreDrops(DropReason reason, long count) => (_drops ??= new SessionDrops()).Restore(reason, count);

    /// <summary>The session leaves memory: what it has counted stays in its journal.</summary>
    public void PutDrops()
    {
        if (_journal is null || _drops is not { IsChanged: true }) return;
        _journal.PutDrops(Incarnation, _drops);
        _drops.Stored();
    }

    private void Drop(DropReason reason, int count = 1)
    {
        _counters.Drop(reason, count);
        (_drops ??= new SessionDrops()).Add(reason, count);
    }
}
