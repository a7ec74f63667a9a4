namespace OrleansBroker.Broker.Topics;

/// <summary>
/// An array in pages of 2,048 items: it grows without moving more than its first page, so that an add to a tree of
/// millions costs no copy of the whole under a shard's lock. Not thread-safe. A mutable struct: keep it in a field.
/// </summary>
internal struct SegmentedArray<T>
{
    /// <summary>2,048 nodes of 48 bytes are 96 KiB: a large object, which no young collection copies (limit 85,000 bytes).</summary>
    private const int PageBits = 11;
    private const int PageLength = 1 << PageBits;
    private const int FirstPageLength = 4;

    private T[][] _pages;

    public SegmentedArray() => _pages = [new T[FirstPageLength]];

    /// <summary>The item; the reference is valid until the next <see cref="EnsureIndex"/>.</summary>
    public readonly ref T this[int index] => ref _pages[index >>> PageBits][index & (PageLength - 1)];

    /// <summary>Makes the item at <paramref name="index"/> exist; to be called with rising indexes, no page left out.</summary>
    public void EnsureIndex(int index)
    {
        var page = index >>> PageBits;
        if (page == 0)
        {
            if (index >= _pages[0].Length)
                Array.Resize(ref _pages[0], Math.Min(PageLength, Math.Max(index + 1, 2 * _pages[0].Length)));
        }
        else if (page >= _pages.Length || _pages[page] is null)
        {
            if (page >= _pages.Length)
                Array.Resize(ref _pages, 2 * page);
            _pages[page] = new T[PageLength];
        }
    }
}
