namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// Where a thread puts a message together while it hands it on: the same bytes again and again, which stay in the processor's cache and cost the
/// collector nothing. One who publishes within another's publish on the same thread gets a buffer of his own.
/// </summary>
internal static class LentBody
{
    /// <summary>Topic, properties and payload of most messages by far; a longer one is copied for itself. Below what the runtime takes for a large object.</summary>
    public const int LongestBytes = 64 * 1024;

    [ThreadStatic]
    private static byte[]? _free;

    public static byte[] Take()
    {
        var taken = _free ?? GC.AllocateUninitializedArray<byte>(LongestBytes);
        _free = null;
        return taken;
    }

    public static void Return(byte[] taken) => _free = taken;
}
