using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Journals;

/// <summary>
/// The filling half: while the row is pending, records are encoded into it under the journal's lock; taken by the writer it is sealed
/// (cancelled records left out, checksums computed: off the lock) and numbered. Kept in a pool with its arrays.
/// </summary>
public sealed partial class JournalAppend
{
    /// <summary>Two or three records of a QoS 1 message by reference: header 12, key 9, value some 20 bytes.</summary>
    private const int FirstCapacity = 128;

    /// <summary>Arrays up to this stay with the row in the pool: 1,024 rows × 4 KiB = 4 MiB per loop, and as much for payload references.</summary>
    private const int MaxKeptCapacity = 4 * 1024;

    private const int MaxKeptPayloads = 512;

    private byte[] _bytes = [];
    private int _length;
    private ImmutableArray<byte>[] _payloads = [];
    private int _payloadCount;

    /// <summary>The next row of the same journal, while both are pending.</summary>
    internal JournalAppend? Next { get; set; }

    internal Journal? Source { get; private set; }

    /// <summary>The journal's end before this row; the record at offset o has the number Start + o + 1.</summary>
    internal ulong Start { get; private set; }

    /// <summary>Everything up to this number is in this row or before it.</summary>
    internal ulong End { get; private set; }

    /// <summary>Nothing is left to be written.</summary>
    internal bool IsEmpty => _length == 0 && !ChangesDue && !ChangesAttached && Ending == JournalEnding.None;

    internal void Begin(Journal source, ulong start)
    {
        Source = source;
        Start = start;
        End = start;
        source.Loop.AddPendingBytes(_bytes.Length);
    }

    internal bool HasRoomFor(int recordBytes, ImmutableArray<byte> payload) =>
        WeightBytes == 0 || WeightBytes + (long)recordBytes + NewPayloadBytes(payload) <= MaxWeightBytes;

    /// <summary>Appends a record; its checksum follows when the row is sealed. Returns its number.</summary>
    internal ulong Write(byte kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ImmutableArray<byte> payload)
    {
        var record = Extend(RecordFormat.KeyOffset + key.Length + value.Length, kind, out var number);
        BinaryPrimitives.WriteUInt16LittleEndian(record[RecordFormat.KeyLengthOffset..], (ushort)key.Length);
        key.CopyTo(record[RecordFormat.KeyOffset..]);
        value.CopyTo(record[(RecordFormat.KeyOffset + key.Length)..]);
        WeightBytes += record.Length;
        if (payload.IsDefault)
            return number;

        WeightBytes += NewPayloadBytes(payload);
        if (_payloadCount == _payloads.Length)
            Array.Resize(ref _payloads, Math.Max(4, _payloadCount * 2));
        _payloads[_payloadCount++] = payload;
        return number;
    }

    internal ulong SetDue(long utcSecond)
    {
        ChangesDue = true;
        DueUtcSecond = utcSecond;
        return WriteMark();
    }

    internal ulong SetAttached(string? owner)
    {
        ChangesAttached = true;
        AttachedOwner = owner;
        return WriteMark();
    }

    internal ulong SetEnding(JournalEnding ending)
    {
        Ending = ending;
        return WriteMark();
    }

    /// <summary>Leaves the record of that number, which is in this row, out of it. Returns whether its key was new to the journal.</summary>
    internal bool Cancel(ulong number)
    {
        ref var kind = ref _bytes[(int)(number - Start - 1) + RecordFormat.KindOffset];
        kind |= RecordKind.CancelledBit;
        return (kind & RecordKind.FreshBit) != 0;
    }

    /// <summary>Leaves out what was cancelled and computes the checksums: the content is final then.</summary>
    internal void Seal()
    {
        int to = 0, payloadFrom = 0, payloadTo = 0;
        for (int from = 0, total; from < _length; from += total)
        {
            total = RecordFormat.BodyOffset + BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(from));
            var kind = _bytes[from + RecordFormat.KindOffset];
            var hasPayload = (kind & RecordKind.StoredBits) == RecordKind.PutWithPayload;
            if ((kind & RecordKind.CancelledBit) == 0)
            {
                if (to != from)
                    _bytes.AsSpan(from, total).CopyTo(_bytes.AsSpan(to));
                SealRecord(_bytes.AsSpan(to, total));
                to += total;
                if (hasPayload)
                    _payloads[payloadTo++] = _payloads[payloadFrom];
            }

            if (hasPayload)
                payloadFrom++;
        }

        _length = to;
        _payloads.AsSpan(payloadTo, _payloadCount - payloadTo).Clear();
        _payloadCount = payloadTo;
    }

    /// <summary>Makes the row the journal's next: from here on it is repeated as it is until its outcome is known.</summary>
    internal void Address(WriterId writer, ulong number)
    {
        Journal = Source!.Id;
        Epoch = Source.Epoch;
        Writer = writer;
        Number = number;
        Outcome = JournalOutcome.Unknown;
    }

    /// <summary>Back to an empty row, for the pool.</summary>
    internal void Reset()
    {
        Source!.Loop.AddPendingBytes(-_bytes.Length);
        if (_bytes.Length > MaxKeptCapacity)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        if (_payloads.Length > MaxKeptPayloads)
            _payloads = [];
        else
            _payloads.AsSpan(0, _payloadCount).Clear();
        _length = _payloadCount = WeightBytes = 0;
        Next = null;
        Source = null;
        Journal = default;
        ChangesDue = ChangesAttached = false;
        DueUtcSecond = 0;
        AttachedOwner = null;
        Ending = JournalEnding.None;
    }

    private static void SealRecord(Span<byte> record)
    {
        record[RecordFormat.KindOffset] &= RecordKind.StoredBits;
        BinaryPrimitives.WriteUInt32LittleEndian(record[RecordFormat.ChecksumOffset..], RecordReader.ChecksumOf(record));
    }

    private ulong WriteMark()
    {
        _ = Extend(RecordFormat.KeyOffset, RecordKind.Mark | RecordKind.CancelledBit, out var number);
        return number;
    }

    private Span<byte> Extend(int total, byte kind, out ulong number)
    {
        if (_bytes.Length - _length < total)
            Grow(_length + total);
        number = Start + (ulong)_length + 1;
        var record = _bytes.AsSpan(_length, total);
        _length += total;
        End = Start + (ulong)_length;
        BinaryPrimitives.WriteInt32LittleEndian(record, total - RecordFormat.BodyOffset);
        record[RecordFormat.VersionOffset] = RecordFormat.Version;
        record[RecordFormat.KindOffset] = kind;
        return record;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstCapacity, _bytes.Length * 2)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        Source!.Loop.AddPendingBytes(larger.Length - _bytes.Length);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    /// <summary>Fan-out writes the same payload again and again: it is counted once in a run.</summary>
    private int NewPayloadBytes(ImmutableArray<byte> payload) =>
        payload.IsDefault || (_payloadCount > 0 && _payloads[_payloadCount - 1] == payload) ? 0 : payload.Length;
}
