using System.Diagnostics.CodeAnalysis;

namespace OrleansBroker.Broker.Subscriptions;

/// <summary>A list that mostly has one item, which it holds itself: an array comes with the second. To be a field, and not to be copied.</summary>
public struct OneOrMore<T>
    where T : class
{
    private T? _one;
    private T[]? _all;

    public int Count { get; private set; }

    /// <summary>Until the next change.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<T> Items => _all is null ? new ReadOnlySpan<T>(in _one!)[..Count] : _all.AsSpan(0, Count);

    public T this[int index]
    {
        readonly get => Items[index];
        set
        {
            if (_all is null) _one = value;
            else _all[index] = value;
        }
    }

    public void Add(T item)
    {
        if (Count == 0 && _all is null) _one = item;
        else Room()[Count] = item;
        Count++;
    }

    /// <summary>The last item takes the place of the removed one.</summary>
    public void RemoveAt(int index)
    {
        var last = Count - 1;
        this[index] = this[last];
        this[last] = null!;
        Count = last;
    }

    public void Clear()
    {
        _one = null;
        _all = null;
        Count = 0;
    }

    private T[] Room()
    {
        if (_all is null)
        {
            _all = [_one!, null!];
            _one = null;
        }
        else if (Count == _all.Length)
        {
            Array.Resize(ref _all, 2 * Count);
        }

        return _all;
    }
}
