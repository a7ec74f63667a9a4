namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>What came lately in a lane and comes again and again, and need not be made anew each time. For one thread at a time.</summary>
internal sealed class BatchMemory
{
    private byte[] _siloBytes = [];
    private SiloAddress? _silo;

    public TextMemory Texts { get; } = new();

    /// <summary>A silo by its bytes, if it is the one that came last.</summary>
    public SiloAddress? SiloOf(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual(_siloBytes) ? _silo : null;

    public void Note(ReadOnlySpan<byte> bytes, SiloAddress silo)
    {
        _siloBytes = bytes.ToArray();
        _silo = silo;
    }
}
