using System.Buffers.Binary;
using System.Collections.Immutable;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Memory;

/// <summary>
/// The live records of one journal by key and in the order of last write. Their bytes stand in one log, which is that order; what was replaced
/// or removed is dead there until more is dead than alive, when the living move together. No object of its own for a record: a queued message or
/// a retained topic costs its bytes, some 30 more and no work of the collector.
/// <code>
/// entry = slot:i32 valueLength:i32 keyLength:u16 key value     slot is below 0 in a dead entry
/// </code>
/// A key that is one byte and the beginning of its payload, as a retained message's is, is stored as that byte (<see cref="KeyInPayload"/>).
/// Bounded by what admission lets into the journal, at most 2 GiB of keys and values.
/// </summary>
internal sealed partial class MemoryRecords
{
    private const int SlotOffset = 0;
    private const int ValueLengthOffset = 4;
    private const int KeyLengthOffset = 8;
    private const int KeyOffset = 10;

    /// <summary>In the key's length, which needs 11 bits.</summary>
    private const ushort KeyInPayload = 0x8000;

    private const int Dead = -1;

    /// <summary>A session's header and a subscription.</summary>
    private const int FirstLogBytes = 128;

    /// <summary>So much may always be dead: a busy session writes and removes its records within it.</summary>
    private const int MinDeadBytes = 1024;

    private byte[] _log = [];
    private int _used;
    private int _dead;

    public void Apply(in JournalRecord record)
    {
        var slot = Find(record.Key);
        if (slot != None)
            Kill(slot);
        if (!record.IsRemoval)
            Append(slot != None ? slot : AddSlot(record.Key), record);
        else if (slot != None)
            RemoveSlot(slot, record.Key);
        if (_dead > Math.Max(MinDeadBytes, _used - _dead))
            Compact();
    }

    public void Replay(IJournalReplay replay)
    {
        var budget = replay.MaxPayloadBytes;
        for (var position = 0; position < _used; position += LengthOf(position))
        {
            if (SlotAt(position) >= 0)
                HandOut(position, replay, ref budget);
        }
    }

    public void Replay(IReadOnlyList<ReadOnlyMemory<byte>> keys, IJournalReplay replay)
    {
        var budget = replay.MaxPayloadBytes;
        foreach (var key in keys)
        {
            if (Find(key.Span) is var slot and not None)
                HandOut(_slots[slot].Position, replay, ref budget);
        }
    }

    private void HandOut(int position, IJournalReplay replay, ref long budget)
    {
        var payload = _slots[SlotAt(position)].Payload;
        if (!payload.IsDefault)
            budget -= payload.Length;
        replay.Replay(new JournalRecord
        {
            Key = KeyAt(position, payload, stackalloc byte[RecordFormat.MaxKeyBytes]),
            Value = _log.AsSpan(ValueStart(position), ValueLengthAt(position)),
            HasPayload = !payload.IsDefault,
            Payload = budget >= 0 ? payload : default,
        });
    }

    private void Append(int slot, in JournalRecord record)
    {
        var inPayload = IsInPayload(record.Key, record.Payload);
        var key = inPayload ? record.Key[..1] : record.Key;
        EnsureRoom(KeyOffset + key.Length + record.Value.Length);
        var entry = _log.AsSpan(_used);
        BinaryPrimitives.WriteInt32LittleEndian(entry[SlotOffset..], slot);
        BinaryPrimitives.WriteInt32LittleEndian(entry[ValueLengthOffset..], record.Value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[KeyLengthOffset..], (ushort)(record.Key.Length | (inPayload ? KeyInPayload : 0)));
        key.CopyTo(entry[KeyOffset..]);
        record.Value.CopyTo(entry[(KeyOffset + key.Length)..]);
        ref var target = ref _slots[slot];
        target.Position = _used;
        target.Payload = record.Payload;
        _used += KeyOffset + key.Length + record.Value.Length;
    }

    private void Kill(int slot)
    {
        var position = _slots[slot].Position;
        var length = LengthOf(position);
        _slots[slot].Payload = default;
        if (position + length == _used)
        {
            _used = position;
            return;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_log.AsSpan(position + SlotOffset), Dead);
        _dead += length;
    }

    /// <summary>Moves the live entries together, and gives back what a long queue had taken.</summary>
    private void Compact()
    {
        var to = 0;
        for (int from = 0, length; from < _used; from += length)
        {
            length = LengthOf(from);
            var slot = SlotAt(from);
            if (slot < 0)
                continue;
            _log.AsSpan(from, length).CopyTo(_log.AsSpan(to));
            _slots[slot].Position = to;
            to += length;
        }

        (_used, _dead) = (to, 0);
        if (_log.Length / 4 > _used + MinDeadBytes)
            Array.Resize(ref _log, _used + MinDeadBytes);
        if (_slots.Length / 4 > _slotCount + MaxUnhashed)
            RenewSlots();
    }

    /// <summary>Slots and table of a size that fits.</summary>
    private void RenewSlots()
    {
        var old = _slots;
        ResetSlots();
        Span<byte> scratch = stackalloc byte[RecordFormat.MaxKeyBytes];
        for (var position = 0; position < _used; position += LengthOf(position))
        {
            var payload = old[SlotAt(position)].Payload;
            var slot = AddSlot(KeyAt(position, payload, scratch));
            BinaryPrimitives.WriteInt32LittleEndian(_log.AsSpan(position + SlotOffset), slot);
            _slots[slot].Position = position;
            _slots[slot].Payload = payload;
        }
    }

    /// <summary>Twofold while small; an eighth more when large, so that what is unused stays small.</summary>
    private void EnsureRoom(int bytes)
    {
        if (_log.Length - _used >= bytes)
            return;
        var grown = _log.Length < MinDeadBytes ? _log.Length * 2L : _log.Length + (_log.Length / 8L);
        Array.Resize(ref _log, (int)Math.Min(Array.MaxLength, Math.Max(grown, Math.Max(FirstLogBytes, (long)_used + bytes))));
    }

    private static bool IsInPayload(ReadOnlySpan<byte> key, ImmutableArray<byte> payload) =>
        !payload.IsDefault && key.Length > 1 && payload.AsSpan().StartsWith(key[1..]);

    private int SlotAt(int position) => ReadInt32(position + SlotOffset);

    private int ValueLengthAt(int position) => ReadInt32(position + ValueLengthOffset);

    private ushort KeyLengthAt(int position) => BinaryPrimitives.ReadUInt16LittleEndian(_log.AsSpan(position + KeyLengthOffset));

    private int ReadInt32(int at) => BinaryPrimitives.ReadInt32LittleEndian(_log.AsSpan(at));

    private int ValueStart(int position)
    {
        var keyLength = KeyLengthAt(position);
        return position + KeyOffset + ((keyLength & KeyInPayload) != 0 ? 1 : keyLength);
    }

    private int LengthOf(int position) => ValueStart(position) + ValueLengthAt(position) - position;

    private ReadOnlySpan<byte> KeyAt(int position, ImmutableArray<byte> payload, Span<byte> scratch)
    {
        var length = KeyLengthAt(position);
        if ((length & KeyInPayload) == 0)
            return _log.AsSpan(position + KeyOffset, length);
        length = (ushort)(length & ~KeyInPayload);
        scratch[0] = _log[position + KeyOffset];
        payload.AsSpan(0, length - 1).CopyTo(scratch[1..]);
        return scratch[..length];
    }
}
