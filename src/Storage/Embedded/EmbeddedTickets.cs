using System.Buffers.Binary;
using RocksDbSharp;

namespace OrleansBroker.Storage.Embedded;

/// <summary>
/// Numbers that rise for ever in a store, also across a crash: epochs, identities of journals and payloads, the order of records.
/// Each life of the store takes a range of its own, so nothing is written when one is drawn.
/// </summary>
internal sealed class EmbeddedTickets
{
    /// <summary>2^24 openings of the store with 2^40 tickets each, 12 days at a million a second; then the next range is taken.</summary>
    private const int RangeBits = 40;

    private ulong _range;
    private ulong _last;

    public EmbeddedTickets(EmbeddedDatabase database)
    {
        var stored = database.Get(EmbeddedKeys.Tickets);
        _range = stored is null ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(stored);
        _last = (_range + 1) << RangeBits;
        using var batch = new WriteBatch();
        NoteIn(batch);
        database.Write(batch);
    }

    /// <summary>On any thread.</summary>
    public ulong Next() => Interlocked.Increment(ref _last);

    /// <summary>Whoever writes what has a ticket in it notes the range that it is from. One at a time.</summary>
    public void NoteIn(WriteBatch batch)
    {
        var range = Volatile.Read(ref _last) >> RangeBits;
        if (range == _range) return;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, range);
        batch.Put(EmbeddedKeys.Tickets, bytes);
        _range = range;
    }
}
