using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// The part of a queue that is in the journal alone, behind what is loaded (invariant H2): pages of messages, oldest first. Memory is some bytes for each page.
/// </summary>
internal sealed class StoredQueue
{
    /// <summary>Some 5 ms of reading by key.</summary>
    internal const int PageMessages = 512;

    /// <summary>Of a page; a larger message has one of its own.</summary>
    internal const long PageBytes = 256 * 1024;

    private readonly LinkedList<StoredPage> _pages = [];

    /// <summary>The first page is being read.</summary>
    public bool IsLoading { get; set; }

    /// <summary>QoS 0 messages up to this sequence are not sent when they are loaded.</summary>
    public long AtMostOnceEndsAt { get; set; }

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    public int AtMostOnceCount { get; private set; }

    /// <summary>The page that is to be read next; only when <see cref="Count"/> is above 0.</summary>
    public StoredPage Head => _pages.First!.Value;

    public void Add(long sequence, int bytes, QoS qos, ulong record)
    {
        var page = _pages.Last?.Value;
        if (page is null || page.IsBeingRead || page.Last + 1 != sequence || page.Count >= PageMessages || page.Bytes + bytes > PageBytes)
        {
            page = new StoredPage { First = sequence };
            _pages.AddLast(page);
        }

        page.Last = sequence;
        page.Bytes += bytes;
        page.Record = record;
        Bytes += bytes;
        Count++;
        if (qos != QoS.AtMostOnce) return;
        page.AtMostOnceCount++;
        AtMostOnceCount++;
    }

    /// <summary>The page has been read; false when it is not the next any more, because the session has ended in the meantime.</summary>
    public bool TryTake(StoredPage page)
    {
        if (!ReferenceEquals(_pages.First?.Value, page)) return false;
        _pages.RemoveFirst();
        Count -= page.Count;
        Bytes -= page.Bytes;
        AtMostOnceCount -= page.AtMostOnceCount;
        return true;
    }

    /// <summary>Forgets the oldest message, unread; only when <see cref="Count"/> is above 0. Returns its sequence.</summary>
    public long DropOldest()
    {
        var page = Head;
        var bytes = page.Bytes / page.Count;
        var sequence = page.First++;
        page.Bytes -= bytes;
        Bytes -= bytes;
        Count--;
        if (page.Count == 0)
        {
            _pages.RemoveFirst();
            AtMostOnceCount -= page.AtMostOnceCount;
        }

        return sequence;
    }

    /// <summary>Adds the sequences behind one, oldest first.</summary>
    public void CopyBehind(long sequence, int limit, List<QueueEntry> copies)
    {
        foreach (var page in _pages)
        {
            for (var next = Math.Max(page.First, sequence + 1); next <= page.Last && limit > 0; next++, limit--)
                copies.Add(new QueueEntry(new OutboundMessage { Sequence = next }, 0, IsInJournal: true));
            if (limit == 0) return;
        }
    }
}
