namespace OrleansBroker.Grains.Nodes;

/// <summary>How much goes in one call between silos: below the 85 KB of the large object heap, or one larger message alone.</summary>
internal static class ItemBatch
{
    /// <summary>At 100 B each about 20 KB.</summary>
    public const int MaxItems = 128;

    private const int MaxBytes = 64 * 1024;

    /// <summary>What an item weighs without its message.</summary>
    private const int ItemBytes = 100;

    /// <summary>The first items of the queue, which holds at least one; they stay in it.</summary>
    public static NodeItem[] From(Queue<NodeItem> waiting)
    {
        var bytes = 0;
        var batch = new List<NodeItem>(Math.Min(waiting.Count, MaxItems));
        foreach (var item in waiting)
        {
            bytes += ItemBytes + (item.Message?.Body.Length ?? 0);
            if (batch.Count == MaxItems || (batch.Count > 0 && bytes > MaxBytes)) break;
            batch.Add(item);
        }

        return [.. batch];
    }
}
