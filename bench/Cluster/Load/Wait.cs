using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Load;

/// <summary>Waits for a frame or a time, without an exception for each that does not come.</summary>
internal sealed class Wait(RawClient client)
{
    private Task? _frame;

    public async Task ForFrameAsync(TimeSpan limit)
    {
        if (limit <= TimeSpan.Zero) return;
        if (client.Ended.IsCompleted) throw new IOException("the connection has ended");
        _frame ??= client.WaitForFrameAsync();
        using var stop = new CancellationTokenSource();
        var first = await Task.WhenAny(_frame, Task.Delay(limit, TimeProvider.System, stop.Token));
        await stop.CancelAsync();
        if (first != _frame) return;
        // It gives up by itself after a while: then it is begun anew.
        _frame = null;
    }
}
