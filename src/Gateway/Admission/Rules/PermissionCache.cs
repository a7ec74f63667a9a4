using System.Numerics;
using System.Runtime.InteropServices;

namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>Remembers for a few topics whether they may be published to. A topic has one slot, chosen by its hash; who comes later takes it over, buffer
/// included, so that after a while nothing is allocated. Takes no memory before the first topic.</summary>
/// <param name="entries">Rounded down to a power of two; 0 remembers nothing.</param>
internal struct PermissionCache(int entries)
{
    // Longer topics are decided anew: 16 slots of this size are the most that a connection keeps.
    private const int MaxTopicBytes = 256;
    private const int MinBufferBytes = 32;

    private Slot[]? _slots;

    public readonly bool TryGet(ReadOnlySpan<byte> topic, uint hash, out bool allowed)
    {
        if (_slots is null)
        {
            allowed = false;
            return false;
        }
        ref var slot = ref _slots[hash & (uint)(_slots.Length - 1)];
        allowed = slot.Allowed;
        return slot.Buffer is not null && topic.SequenceEqual(slot.Buffer.AsSpan(0, slot.Length));
    }

    public void Set(ReadOnlySpan<byte> topic, uint hash, bool allowed)
    {
        if (entries == 0 || topic.Length > MaxTopicBytes)
            return;
        _slots ??= new Slot[1 << BitOperations.Log2((uint)entries)];
        ref var slot = ref _slots[hash & (uint)(_slots.Length - 1)];
        if (slot.Buffer is null || slot.Buffer.Length < topic.Length)
            slot.Buffer = new byte[Math.Max(MinBufferBytes, BitOperations.RoundUpToPowerOf2((uint)topic.Length))];
        topic.CopyTo(slot.Buffer);
        slot.Length = topic.Length;
        slot.Allowed = allowed;
    }

    /// <summary>Eight bytes at a time, multiplied by 2^64 / golden ratio (odd). A client that makes its topics collide only slows itself.</summary>
    public static uint HashOf(ReadOnlySpan<byte> topic)
    {
        const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
        ulong hash = (ulong)topic.Length;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(topic))
            hash = (BitOperations.RotateLeft(hash, 5) ^ word) * Multiplier;
        foreach (byte last in topic[(topic.Length & ~7)..])
            hash = (BitOperations.RotateLeft(hash, 5) ^ last) * Multiplier;
        return (uint)(hash >> 32);
    }

    private struct Slot
    {
        public byte[]? Buffer;
        public int Length;
        public bool Allowed;
    }
}
