namespace OrleansBroker.Gateway.Connections;

/// <summary>Grows a set of connections by a quarter when it is full: by itself it doubles, and most of the larger half of some 20 bytes a place stays empty.</summary>
internal static class SlowlyGrowingSet
{
    private const int Smallest = 64;

    public static bool AddTight<T>(this HashSet<T> set, T item)
    {
        if (set.Count == set.Capacity)
            set.EnsureCapacity(Math.Max(Smallest, set.Count + (set.Count / 4)));
        return set.Add(item);
    }
}
