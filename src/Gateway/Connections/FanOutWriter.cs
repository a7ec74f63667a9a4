namespace OrleansBroker.Gateway.Connections;

/// <summary>One of those who write what <see cref="FanOutOutput"/> has, a portion each time that the thread pool calls.</summary>
internal sealed class FanOutWriter(FanOutOutput output) : IThreadPoolWorkItem
{
    // 0.6 ms; then others of the pool, grains among them, have their turn.
    private const int Portion = 128;

    private readonly List<IConnectionTransport> _portion = new(Portion);

    void IThreadPoolWorkItem.Execute()
    {
        OutputTurn.Begin();
        try
        {
            foreach (var transport in _portion)
                transport.Flush();
        }
        finally
        {
            OutputTurn.End();
        }

        _portion.Clear();
        Continue();
    }

    public void Continue()
    {
        if (output.TryTake(this, _portion, Portion))
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
