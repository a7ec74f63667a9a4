namespace OrleansBroker.Silo.Hosting;

/// <summary>Decides when <see cref="QuietCollection"/> collects: once after much was allocated, when little is.</summary>
internal sealed class QuietWatch
{
    /// <summary>Below this a collection gives back less than it costs: some ten thousand CONNECTs allocate ten times as much.</summary>
    internal const long Burst = 16 * 1024 * 1024;

    /// <summary>Between two looks, twice a second: 1 MiB/s, at 0.7 KB a grain call 1,500 of them a second.</summary>
    internal const long Quiet = 512 * 1024;

    /// <summary>Compacting stops the program for about 1 ms per MiB: 0.25 s at most. A larger heap is collected in the background.</summary>
    internal const long LargestPause = 256 * 1024 * 1024;

    /// <summary>What an idle broker's timers allocate in 20 s: generation 0 need not grow to its budget of 8 MiB, which would stay. About 1 ms each time.</summary>
    internal const long Trickle = 1024 * 1024;

    /// <summary>Between two looks, twice a second: whoever publishes more often is not to be stopped, however little each message allocates.</summary>
    internal const long FewMessages = 5;

    private const int QuietLooks = 2;

    private long _atLastLook;
    private long _messagesAtLastLook;
    private int _unusedLooks;
    private long _atLastCollection;
    private long _atLastSmallCollection;
    private int _quietLooks;

    internal enum Collection
    {
        None,
        Small,
        Background,
        Compacting,
    }

    /// <param name="allocated">Bytes since the program started.</param>
    /// <param name="messages">Received since the program started.</param>
    /// <param name="heap">Bytes held, dead ones included.</param>
    public Collection Next(long allocated, long messages, long heap)
    {
        _unusedLooks = messages - _messagesAtLastLook <= FewMessages ? _unusedLooks + 1 : 0;
        _messagesAtLastLook = messages;
        _quietLooks = allocated - _atLastLook <= Quiet ? _quietLooks + 1 : 0;
        _atLastLook = allocated;
        if (_quietLooks < QuietLooks)
            return Collection.None;
        if (allocated - _atLastCollection < Burst)
            return NextSmall(allocated);
        _atLastCollection = allocated;
        _atLastSmallCollection = allocated;
        return heap <= LargestPause && _unusedLooks >= QuietLooks ? Collection.Compacting : Collection.Background;
    }

    private Collection NextSmall(long allocated)
    {
        if (_unusedLooks < QuietLooks || allocated - _atLastSmallCollection < Trickle)
            return Collection.None;
        _atLastSmallCollection = allocated;
        return Collection.Small;
    }
}
