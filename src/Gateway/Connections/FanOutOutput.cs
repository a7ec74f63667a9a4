namespace OrleansBroker.Gateway.Connections;

/// <summary>
/// What large fan-outs append, to be written on the thread pool and in portions. A write costs about 5 µs in the system, a fan-out to 10,000 receivers 50 ms: the
/// loops read and answer everybody else meanwhile, the shard serves its next messages, and half of the processors are left to them. A connection waits here at most once.
/// </summary>
internal sealed class FanOutOutput
{
    /// <summary>
    /// Reached in 1 to 2 ms. While a fan-out has more receivers to come than this it is not written: its shard's next messages wait for it, and nobody is to take
    /// the processor from it.
    /// </summary>
    internal const int FewReceivers = 2_048;

    // Reached in 10 to 20 ms: longer the first receivers do not wait for the last.
    private const int LongestHeld = 16_384;

    private readonly Lock _gate = new();
    private readonly Queue<IConnectionTransport> _dirty = [];
    private readonly Stack<FanOutWriter> _idle = [];

    public FanOutOutput()
    {
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
            _idle.Push(new FanOutWriter(this));
    }

    /// <param name="dirty">Is copied.</param>
    /// <param name="receiversToCome">Of the same fan-out.</param>
    public void Add(List<IConnectionTransport> dirty, int receiversToCome)
    {
        FanOutWriter? writer;
        lock (_gate)
        {
            foreach (var transport in dirty)
                _dirty.Enqueue(transport);
            if (receiversToCome > FewReceivers && _dirty.Count < LongestHeld)
                return;
            _idle.TryPop(out writer);
        }

        writer?.Continue();
    }

    /// <summary>What a writer is to write next; when nothing, it is idle.</summary>
    public bool TryTake(FanOutWriter writer, List<IConnectionTransport> portion, int most)
    {
        lock (_gate)
        {
            while (portion.Count < most && _dirty.TryDequeue(out var transport))
                portion.Add(transport);
            if (portion.Count > 0)
                return true;
            _idle.Push(writer);
            return false;
        }
    }
}
