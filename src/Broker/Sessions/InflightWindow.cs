using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace OrleansBroker.Broker.Sessions;

/// <summary>
/// The outgoing QoS 1 and 2 messages that hold a packet identifier. Slots are found by identifier
/// (identifier AND mask), so an acknowledgement in order or out of order is one array access; nothing is allocated
/// before the first message, and capacity doubles up to all 65,535 identifiers. A part of its session, never copied.
/// </summary>
public struct InflightWindow
{
    private const int FirstLog2 = 3;
    private const int MaximumCapacity = 65_536;

    /// <summary>An empty window of up to 64 slots (6 KB) is kept for the next message. A larger one is a shared pool's, which has it back when it is empty.</summary>
    private const int KeptCapacity = 64;

    private InflightMessage[] _slots = [];
    private ushort _lastIdentifier;

    /// <summary>Logarithm of the slots to begin with: as many as the last burst needed, and half with each time that they are not.</summary>
    private byte _firstLog2 = FirstLog2;
    private long _lastOrder;

    public InflightWindow()
    {
    }

    public int Count { get; private set; }

    /// <summary>
    /// Takes an unused packet identifier, never 0 [MQTT5-2.2.1-4] [MQTT5-4.3.2-1] [MQTT5-4.3.3-1] [MQTT311-2.3.1-1] [MQTT311-2.3.1-4], and its slot. The caller has checked
    /// that <see cref="Count"/> is below the window (at most 65,535).
    /// </summary>
    public ref InflightMessage Add(out ushort packetIdentifier)
    {
        // Three quarters: above it a search for a free slot costs more than the copy.
        if (Count * 4 >= _slots.Length * 3 && _slots.Length < MaximumCapacity) Grow();
        var mask = _slots.Length - 1;
        do
        {
            _lastIdentifier = _lastIdentifier == ushort.MaxValue ? (ushort)1 : (ushort)(_lastIdentifier + 1);
        }
        while (_slots[_lastIdentifier & mask].State != InflightState.Free);

        packetIdentifier = _lastIdentifier;
        return ref Occupy(packetIdentifier);
    }

    /// <summary>Puts back a message under the identifier that it had. False when the identifier is taken.</summary>
    public bool TryRestore(ushort packetIdentifier, in InflightMessage message)
    {
        if (Find(packetIdentifier) is >= 0) return false;
        while (_slots.Length == 0 || _slots[packetIdentifier & (_slots.Length - 1)].State != InflightState.Free) Grow();
        ref var slot = ref Occupy(packetIdentifier);
        slot = message;
        slot.PacketIdentifier = packetIdentifier;
        slot.Order = _lastOrder;
        // Identifiers go on after the highest restored one, away from those the client may still hold.
        _lastIdentifier = Math.Max(_lastIdentifier, packetIdentifier);
        return true;
    }

    /// <summary>The slot of the identifier, or a null reference (<see cref="Unsafe.IsNullRef{T}"/>). Valid until the next change of the window.</summary>
    public ref InflightMessage TryGet(ushort packetIdentifier)
    {
        var index = Find(packetIdentifier);
        if (index < 0) return ref Unsafe.NullRef<InflightMessage>();
        return ref _slots[index];
    }

    /// <summary>Whether <see cref="TryGet"/> found a slot.</summary>
    public static bool IsFound(ref InflightMessage slot) => !Unsafe.IsNullRef(ref slot);

    public void Remove(ushort packetIdentifier)
    {
        var index = Find(packetIdentifier);
        if (index < 0) return;
        _slots[index] = default;
        Count--;
        if (Count > 0 || _slots.Length <= KeptCapacity) return;
        // A burst must not cost an idle session its memory. No slot is in use: there is nothing to clear.
        ArrayPool<InflightMessage>.Shared.Return(_slots);
        _slots = [];
    }

    public void Clear()
    {
        _slots = [];
        Count = 0;
    }

    /// <summary>The identifiers in use in the order in which they were given, which is that of first sending [MQTT5-4.6.0-1] [MQTT311-4.6.0-1]. Allocates.</summary>
    public ushort[] InOrder()
    {
        if (Count == 0) return [];
        var used = new List<(long Order, ushort Identifier)>(Count);
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            if (slot.State != InflightState.Free) used.Add((slot.Order, slot.PacketIdentifier));
        }

        used.Sort();
        return [.. used.ConvertAll(static item => item.Identifier)];
    }

    private ref InflightMessage Occupy(ushort packetIdentifier)
    {
        Count++;
        ref var slot = ref _slots[packetIdentifier & (_slots.Length - 1)];
        slot.PacketIdentifier = packetIdentifier;
        slot.State = InflightState.Sent;
        slot.Order = ++_lastOrder;
        return ref slot;
    }

    private int Find(ushort packetIdentifier)
    {
        if (_slots.Length == 0) return -1;
        var index = packetIdentifier & (_slots.Length - 1);
        return _slots[index].State != InflightState.Free && _slots[index].PacketIdentifier == packetIdentifier ? index : -1;
    }

    private void Grow()
    {
        // Doubling never makes two identifiers collide that did not collide before.
        var old = _slots;
        _slots = NewSlots(old.Length == 0 ? 1 << _firstLog2 : old.Length * 2);
        if (old.Length == 0)
        {
            if (_firstLog2 > FirstLog2) _firstLog2--;
            return;
        }

        _firstLog2 = (byte)BitOperations.Log2((uint)_slots.Length);
        foreach (ref readonly var slot in old.AsSpan())
        {
            if (slot.State != InflightState.Free) _slots[slot.PacketIdentifier & (_slots.Length - 1)] = slot;
        }

        if (old.Length > KeptCapacity) ArrayPool<InflightMessage>.Shared.Return(old, clearArray: true);
    }

    /// <summary>All free, and exactly so many: a power of two is a mask.</summary>
    private static InflightMessage[] NewSlots(int count)
    {
        if (count <= KeptCapacity) return new InflightMessage[count];
        var slots = ArrayPool<InflightMessage>.Shared.Rent(count);
        return slots.Length == count ? slots : new InflightMessage[count];
    }
}
