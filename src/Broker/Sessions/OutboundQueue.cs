using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Messages that wait for a connection or for room in the window, oldest first, with their bytes. A ring that is allocated on first use; a part of its session, never copied.</summary>
public struct OutboundQueue
{
    private const int FirstCapacity = 8;

    private OutboundMessage[] _ring = [];
    private int _head;

    public OutboundQueue()
    {
    }

    public int Count { get; private set; }

    /// <summary>Bytes of all queued bodies.</summary>
    public long Bytes { get; private set; }

    /// <summary>QoS 0 messages among <see cref="Count"/>: a later one must not overtake them.</summary>
    public int AtMostOnceCount { get; private set; }

    /// <summary>The oldest message; only when <see cref="Count"/> is above 0.</summary>
    public ref OutboundMessage Peek() => ref _ring[_head];

    public void Enqueue(in OutboundMessage message)
    {
        message.Publication!.Keep();
        if (Count == _ring.Length) Grow();
        _ring[(_head + Count) & (_ring.Length - 1)] = message;
        Count++;
        if (message.QoS == QoS.AtMostOnce) AtMostOnceCount++;
        Bytes += message.Publication.SizeBytes;
    }

    public OutboundMessage Dequeue()
    {
        ref var slot = ref _ring[_head];
        var message = slot;
        slot = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        if (message.QoS == QoS.AtMostOnce) AtMostOnceCount--;
        Bytes -= message.Publication!.SizeBytes;
        if (Count == 0 && _ring.Length > FirstCapacity * 8) Clear();
        return message;
    }

    /// <summary>Takes out every message that <paramref name="take"/> accepts, keeping the order of both. Linear.</summary>
    public List<OutboundMessage> TakeWhere<TState>(TState state, Func<TState, OutboundMessage, bool> take)
    {
        var taken = new List<OutboundMessage>();
        for (var left = Count; left > 0; left--)
        {
            var message = Dequeue();
            if (take(state, message)) taken.Add(message);
            else Enqueue(message);
        }

        return taken;
    }

    /// <summary>Adds the messages behind a sequence, oldest first. Linear in those before them.</summary>
    public readonly void CopyBehind(long sequence, int limit, List<QueueEntry> copies)
    {
        for (var i = 0; i < Count && limit > 0; i++)
        {
            ref readonly var message = ref _ring[(_head + i) & (_ring.Length - 1)];
            if (message.Sequence <= sequence) continue;
            copies.Add(new QueueEntry(message, 0, IsInJournal: false));
            limit--;
        }
    }

    public void Clear()
    {
        _ring = [];
        _head = 0;
        Count = 0;
        AtMostOnceCount = 0;
        Bytes = 0;
    }

    private void Grow()
    {
        var ring = new OutboundMessage[_ring.Length == 0 ? FirstCapacity : _ring.Length * 2];
        for (var i = 0; i < Count; i++) ring[i] = _ring[(_head + i) & (_ring.Length - 1)];
        _ring = ring;
        _head = 0;
    }
}
