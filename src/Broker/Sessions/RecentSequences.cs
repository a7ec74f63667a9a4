namespace OrleansBroker.Broker.Sessions;

/// <summary>The numbers that were added last, so many as the caller keeps. Nothing is allocated before the first; a field of its owner, not to be copied.</summary>
internal struct RecentSequences
{
    private Queue<long>? _items;

    public readonly IEnumerable<long> Items => _items ?? Enumerable.Empty<long>();

    /// <param name="capacity">Beyond it the oldest is forgotten.</param>
    public void Add(long sequence, int capacity)
    {
        _items ??= new Queue<long>();
        if (_items.Count >= capacity) _items.Dequeue();
        _items.Enqueue(sequence);
    }
}
