using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Memory;

/// <summary>
/// Where a key's entry is: one slot for each live key, in chains of a hash table. With a few keys, as an idle session has them, there is no table: they are looked through.
/// </summary>
internal sealed partial class MemoryRecords
{
    private const int None = -1;
    private const int MaxUnhashed = 8;

    /// <summary>Slots for a bucket, on average, before there are more buckets.</summary>
    private const int MaxChain = 2;

    private Slot[] _slots = [];

    /// <summary>Slots in use or free are below it.</summary>
    private int _slotEnd;
    private int _slotCount;
    private int _firstFree = None;

    /// <summary>First slot of each chain, plus 1; a power of two of them, one for one to four slots. Null while there are few.</summary>
    private int[]? _buckets;

    /// <summary>What is allocated for keys, values and their places.</summary>
    internal long AllocatedBytes => _log.Length + (_slots.Length * (long)Unsafe.SizeOf<Slot>()) + ((_buckets?.Length ?? 0) * (long)sizeof(int));

    private int Find(ReadOnlySpan<byte> key)
    {
        if (_buckets is null)
        {
            for (var slot = 0; slot < _slotEnd; slot++)
            {
                if (_slots[slot].Position != None && Holds(slot, key))
                    return slot;
            }

            return None;
        }

        var found = _buckets[BucketOf(key)] - 1;
        while (found != None && !Holds(found, key))
            found = _slots[found].Next;
        return found;
    }

    /// <summary>A slot for a key that has none.</summary>
    private int AddSlot(ReadOnlySpan<byte> key)
    {
        if (_firstFree == None && _slotEnd == _slots.Length)
            GrowSlots();
        var slot = _firstFree;
        if (slot == None)
            slot = _slotEnd++;
        else
            _firstFree = _slots[slot].Next;
        _slotCount++;
        if (_buckets is not null)
            Chain(slot, key);
        return slot;
    }

    /// <summary>Its entry is dead already: the key is found by number.</summary>
    private void RemoveSlot(int slot, ReadOnlySpan<byte> key)
    {
        if (_buckets is not null)
        {
            ref var link = ref _buckets[BucketOf(key)];
            if (link - 1 == slot)
            {
                link = _slots[slot].Next + 1;
            }
            else
            {
                var before = link - 1;
                while (_slots[before].Next != slot)
                    before = _slots[before].Next;
                _slots[before].Next = _slots[slot].Next;
            }
        }

        _slots[slot] = new Slot { Position = None, Next = _firstFree };
        _firstFree = slot;
        if (--_slotCount == 0)
            Clear();
    }

    private void Clear()
    {
        ResetSlots();
        (_used, _dead) = (0, 0);
        if (_log.Length > MinDeadBytes)
            _log = [];
    }

    private void ResetSlots()
    {
        (_slots, _slotEnd, _slotCount, _firstFree, _buckets) = ([], 0, 0, None, null);
    }

    private void GrowSlots()
    {
        var length = _slots.Length < MaxUnhashed ? _slots.Length + 2 : _slots.Length + (_slots.Length / (_slots.Length < 1024 ? 1 : 8));
        Array.Resize(ref _slots, length);
        if (length <= MaxUnhashed || _buckets?.Length * MaxChain >= length)
            return;
        _buckets = new int[(int)BitOperations.RoundUpToPowerOf2((uint)length) / 2];
        Span<byte> scratch = stackalloc byte[RecordFormat.MaxKeyBytes];
        for (var slot = 0; slot < _slotEnd; slot++)
            Chain(slot, KeyAt(_slots[slot].Position, _slots[slot].Payload, scratch));
    }

    private void Chain(int slot, ReadOnlySpan<byte> key)
    {
        ref var bucket = ref _buckets![BucketOf(key)];
        _slots[slot].Next = bucket - 1;
        bucket = slot + 1;
    }

    private int BucketOf(ReadOnlySpan<byte> key) => (int)(Checksum.Of(key) & (uint)(_buckets!.Length - 1));

    private bool Holds(int slot, ReadOnlySpan<byte> key)
    {
        ref var candidate = ref _slots[slot];
        var length = KeyLengthAt(candidate.Position);
        if ((length & KeyInPayload) == 0)
            return _log.AsSpan(candidate.Position + KeyOffset, length).SequenceEqual(key);
        return (length & ~KeyInPayload) == key.Length
            && _log[candidate.Position + KeyOffset] == key[0]
            && candidate.Payload.AsSpan(0, key.Length - 1).SequenceEqual(key[1..]);
    }

    private struct Slot
    {
        public ImmutableArray<byte> Payload;

        /// <summary>Of the entry in the log; <see cref="None"/> in a free slot.</summary>
        public int Position;

        /// <summary>The next of the chain, or of the free slots.</summary>
        public int Next;
    }
}
