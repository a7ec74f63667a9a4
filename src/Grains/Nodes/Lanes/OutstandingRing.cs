using System.Runtime.CompilerServices;
using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>
/// What is not done, in the order in which it was sent: mostly the oldest is done first, so it is a ring with holes rather than a table. Its length is
/// bounded by what connections may have outstanding.
/// </summary>
internal sealed class OutstandingRing(int number, long incarnation)
{
    private const int FirstCapacity = 16;

    /// <summary>An empty ring larger than this is let go.</summary>
    private const int KeptCapacity = 4_096;

    private readonly Lock _lock = new();
    private Awaited[] _slots = new Awaited[FirstCapacity];
    private long _first = 1;
    private long _next = 1;

    public int Number => number;

    public bool IsEmpty
    {
        get
        {
            lock (_lock) return _first == _next;
        }
    }

    /// <returns>The token: never 0, rising within the ring.</returns>
    public long Add(in Awaited awaited)
    {
        lock (_lock)
        {
            if (_next - _first == _slots.Length) Grow();
            _slots[_next & (_slots.Length - 1)] = awaited;
            return ((long)number << DeliverySeries.SequenceBits) | _next++;
        }
    }

    /// <summary>
    /// Of a QoS 2 publication that has no identity of its own, as its publisher's session is on this silo and ends with its connection: should it be sent again, its receivers know it.
    /// </summary>
    public MessageOrigin OriginOf(long token)
    {
        lock (_lock) return new MessageOrigin(incarnation, token, ((long)number << DeliverySeries.SequenceBits) | _first);
    }

    /// <summary>Takes it out. False for what is not there: done before, or never sent.</summary>
    public bool TryTake(long token, out Awaited awaited)
    {
        lock (_lock)
        {
            ref var slot = ref Find(token);
            awaited = Unsafe.IsNullRef(ref slot) ? default : slot;
            if (awaited.Target is null) return false;
            slot = default;
            while (_first < _next && _slots[_first & (_slots.Length - 1)].Target is null) _first++;
            if (_first == _next && _slots.Length > KeptCapacity) _slots = new Awaited[FirstCapacity];
            return true;
        }
    }

    public bool TryPeek(long token, out Awaited awaited)
    {
        lock (_lock)
        {
            ref var slot = ref Find(token);
            awaited = Unsafe.IsNullRef(ref slot) ? default : slot;
            return awaited.Target is not null;
        }
    }

    /// <summary>It goes another way now.</summary>
    public void Move(long token, SiloAddress? silo)
    {
        lock (_lock)
        {
            ref var slot = ref Find(token);
            if (!Unsafe.IsNullRef(ref slot) && slot.Target is not null) slot = slot with { Silo = silo };
        }
    }

    /// <summary>What is at a silo that has died, in order; it is on no lane from now on.</summary>
    public void TakeFrom(SiloAddress silo, List<(long Token, Awaited Awaited)> into)
    {
        lock (_lock)
        {
            for (var at = _first; at < _next; at++)
            {
                ref var slot = ref _slots[at & (_slots.Length - 1)];
                if (slot.Target is null || !silo.Equals(slot.Silo)) continue;
                slot = slot with { Silo = null };
                into.Add((((long)number << DeliverySeries.SequenceBits) | at, slot));
            }
        }
    }

    private ref Awaited Find(long token)
    {
        var sequence = token & ((1L << DeliverySeries.SequenceBits) - 1);
        if (sequence < _first || sequence >= _next) return ref Unsafe.NullRef<Awaited>();
        return ref _slots[sequence & (_slots.Length - 1)];
    }

    private void Grow()
    {
        var larger = new Awaited[_slots.Length * 2];
        for (var at = _first; at < _next; at++) larger[at & (larger.Length - 1)] = _slots[at & (_slots.Length - 1)];
        _slots = larger;
    }
}
