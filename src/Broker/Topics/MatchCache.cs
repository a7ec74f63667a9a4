using System.Diagnostics.CodeAnalysis;

namespace OrleansBroker.Broker.Topics;

/// <summary>
/// What the last topics matched, so that a topic published again costs one look-up. Bounded by entries and by weight: beyond a bound
/// an entry not used since the hand came by last goes (CLOCK). An entry is valid in the generation in which its match began;
/// <see cref="Invalidate"/> ends the generation in O(1). Not thread-safe; a hit allocates nothing.
/// </summary>
public sealed class MatchCache<TMatch>
    where TMatch : notnull
{
    /// <summary>Longer topics are rare and would make the bound on entries no bound on memory: they are not cached.</summary>
    public const int MaximumTopicBytes = 512;

    /// <summary>A single entry may weigh an eighth of the whole, or it would sweep out too many others.</summary>
    private const int LargestEntryShare = 8;
    private const int FirstLength = 16;

    private readonly int _maximumEntries;
    private readonly long _maximumWeight;
    private Entry[] _entries = new Entry[FirstLength];
    /// <summary>Entry index + 1 by hash; as many as entries, a power of two.</summary>
    private int[] _buckets = new int[FirstLength];
    private int _end;
    private int _firstFree = -1;
    private int _hand;

    /// <param name="maximumEntries">At least 1.</param>
    /// <param name="maximumWeight">In the unit of <see cref="Add"/>.</param>
    public MatchCache(int maximumEntries, long maximumWeight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumEntries);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumWeight);
        _maximumEntries = maximumEntries;
        _maximumWeight = maximumWeight;
    }

    /// <summary>The present generation: take it before a match begins and give it to <see cref="Add"/>.</summary>
    public long Generation { get; private set; }

    /// <summary>Entries held, those of ended generations included.</summary>
    public int Count { get; private set; }

    /// <summary>Sum of the weights held.</summary>
    public long Weight { get; private set; }

    /// <summary>Ends the generation: what was cached is not given out any more, and goes first.</summary>
    public void Invalidate() => Generation++;

    /// <summary>What the topic matched, if that is known in this generation.</summary>
    public bool TryGet(ReadOnlySpan<byte> topicName, [MaybeNullWhen(false)] out TMatch match)
    {
        var index = topicName.Length <= MaximumTopicBytes ? Find(topicName, SeededHash.OfBytes(topicName)) : -1;
        if (index >= 0 && _entries[index].Generation == Generation)
        {
            _entries[index].WasUsed = true;
            match = _entries[index].Match;
            return true;
        }
        match = default;
        return false;
    }

    /// <summary>Remembers what a topic matched. Does nothing if the generation has ended, or if topic or weight is too large.</summary>
    /// <param name="generation">The generation when the match began.</param>
    /// <param name="weight">What the match keeps in memory, in a unit of the caller's choice; 0 or more.</param>
    public void Add(ReadOnlySpan<byte> topicName, long generation, TMatch match, int weight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        if (generation != Generation || topicName.Length > MaximumTopicBytes || weight > _maximumWeight / LargestEntryShare)
            return;
        var hash = SeededHash.OfBytes(topicName);
        var index = Find(topicName, hash);
        if (index >= 0)
            Remove(index);
        while (Count >= _maximumEntries || Weight + weight > _maximumWeight)
            RemoveUnused();
        Insert(new Entry { Topic = topicName.ToArray(), Hash = hash, Match = match, Generation = generation, Weight = weight });
    }

    private int Find(ReadOnlySpan<byte> topicName, ulong hash)
    {
        var index = _buckets[hash & (uint)(_buckets.Length - 1)] - 1;
        while (index >= 0 && !(_entries[index].Hash == hash && topicName.SequenceEqual(_entries[index].Topic)))
            index = _entries[index].Next;
        return index;
    }

    private void Insert(in Entry entry)
    {
        var index = _firstFree;
        if (index >= 0)
        {
            _firstFree = _entries[index].Next;
        }
        else
        {
            if (_end == _entries.Length)
                Grow();
            index = _end++;
        }
        _entries[index] = entry;
        Link(index);
        Count++;
        Weight += entry.Weight;
    }

    private void Remove(int index)
    {
        ref var entry = ref _entries[index];
        ref var bucket = ref _buckets[entry.Hash & (uint)(_buckets.Length - 1)];
        if (bucket - 1 == index)
        {
            bucket = entry.Next + 1;
        }
        else
        {
            var before = bucket - 1;
            while (_entries[before].Next != index)
                before = _entries[before].Next;
            _entries[before].Next = entry.Next;
        }
        Count--;
        Weight -= entry.Weight;
        entry = new Entry { Next = _firstFree };
        _firstFree = index;
    }

    /// <summary>Moves the hand to an entry that is stale or was not used since it came by last, at most two rounds away.</summary>
    private void RemoveUnused()
    {
        while (true)
        {
            var index = _hand;
            _hand = _hand + 1 < _end ? _hand + 1 : 0;
            ref var entry = ref _entries[index];
            if (entry.Topic is null)
                continue;
            if (!entry.WasUsed || entry.Generation != Generation)
            {
                Remove(index);
                return;
            }
            entry.WasUsed = false;
        }
    }

    private void Grow()
    {
        Array.Resize(ref _entries, 2 * _entries.Length);
        _buckets = new int[_entries.Length];
        for (var index = 0; index < _end; index++)
            Link(index);
    }

    private void Link(int index)
    {
        ref var bucket = ref _buckets[_entries[index].Hash & (uint)(_buckets.Length - 1)];
        _entries[index].Next = bucket - 1;
        bucket = index + 1;
    }

    private struct Entry
    {
        /// <summary>Null when the entry is free.</summary>
        public byte[]? Topic;
        public TMatch Match;
        public ulong Hash;
        public long Generation;
        public int Weight;
        /// <summary>The next entry of the bucket, or of the free ones; -1 at the end.</summary>
        public int Next;
        public bool WasUsed;
    }
}
