using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes.Items;

namespace OrleansBroker.Grains.Nodes.Lanes;

/// <summary>Items of a lane that go in one call: below the 85 KB of the large object heap, or one larger item alone.</summary>
internal sealed class LaneBatch
{
    private const int FullBytes = 64 * 1024;
    private const int FirstBytes = 4 * 1024;

    private readonly ItemBytes _bytes = new(FirstBytes);
    private List<DurablePart>? _settled;
    private Publication? _last;

    /// <param name="version">Of the format; see <see cref="ItemFormats"/>.</param>
    public LaneBatch(byte version) => _bytes.Byte(Version = version);

    public byte Version { get; }

    public ReadOnlyMemory<byte> Bytes => _bytes.Written;

    public int Length => _bytes.Length;

    public bool IsFull => _bytes.Length >= FullBytes;

    public int Items { get; private set; }

    /// <summary>Items that are lost with their lane: nobody waits for them.</summary>
    public int Droppable { get; private set; }

    /// <summary>Has room for a message of so many bytes, or nothing else in it.</summary>
    public bool Fits(int bytes) => _bytes.Length == 1 || _bytes.Length + bytes <= FullBytes;

    /// <param name="settleWhenAccepted">Done when the other silo has the batch.</param>
    public void Add(in NodeItem item, long token, long now, bool isDroppable, DurablePart? settleWhenAccepted)
    {
        _last = ItemWriter.Write(_bytes, item, token, _last, now);
        Items++;
        if (isDroppable) Droppable++;
        if (settleWhenAccepted is not null) (_settled ??= []).Add(settleWhenAccepted);
    }

    /// <summary>The other silo has it, or is dead.</summary>
    public void Accepted()
    {
        if (_settled is null) return;
        foreach (var part in _settled) part.Settle(PartOutcome.Done);
        _settled.Clear();
    }

    public void Clear()
    {
        _bytes.Clear();
        _bytes.Byte(Version);
        _last = null;
        Items = 0;
        Droppable = 0;
    }
}
