using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Journals;

/// <summary>
/// A grain's journal while it owns it. The grain calls it under its own lock, with the change that the record records, so the order of
/// records is the order of changes (invariant B5); records are only encoded into memory, the writer of the silo commits them. Each change
/// has a number, rising within the journal (not by one): what promises something leaves when <see cref="IJournalOwner.Committed"/> has passed it.
/// Idle it holds no buffer. Its own lock is the object itself (one object less per session; nobody else locks it) and a leaf: taken after
/// the grain's, held for encoding only.
/// Pending rows are not bounded here, for a change that has happened must be recorded: admission bounds what can be outstanding, by
/// <see cref="JournalWriter.PendingBytes"/> for what acknowledges nothing.
/// </summary>
[SuppressMessage("Reliability", "CA2002", Justification = "The object is its own lock to save one per session; nobody else locks it.")]
public sealed partial class Journal
{
    /// <summary>As a previous number: the caller vouches that the journal holds no record of this key. As a result: nothing had to be written.</summary>
    public const ulong Fresh = 0;

    /// <summary>As a previous number: the journal may hold a record of this key, replayed or of a number nobody noted. Always right.</summary>
    public const ulong Stored = 1;

    /// <summary>Number of what will never be committed: the journal is fenced or ended.</summary>
    public const ulong Never = ulong.MaxValue;

    private readonly IJournalOwner _owner;
    private JournalAppend? _first;
    private JournalAppend? _last;
    private ulong _end = Stored;
    private ulong _committed = Stored;
    private bool _ended;
    private bool _fenced;
    private bool _queued;

    internal Journal(JournalId id, JournalOpening opening, CommitLoop loop, IJournalOwner owner)
    {
        Id = id;
        Epoch = opening.Epoch;
        RowNumber = opening.Number;
        Loop = loop;
        _owner = owner;
    }

    public JournalId Id { get; }

    public JournalEpoch Epoch { get; }

    internal CommitLoop Loop { get; }

    /// <summary>Everything up to this number is committed.</summary>
    public ulong CommittedNumber => Volatile.Read(ref _committed);

    /// <summary>Sets a key's value. Caller holds the grain's lock.</summary>
    /// <param name="key">1 to 1,024 bytes, copied.</param>
    /// <param name="value">0 to 16 MiB, copied.</param>
    /// <param name="previous">
    /// The number of this key's last put, <see cref="Fresh"/> or <see cref="Stored"/>: an earlier one that is still pending is not written.
    /// </param>
    /// <param name="payload">Referred to, not copied; default for none.</param>
    /// <returns>The record's number.</returns>
    public ulong Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong previous = Stored, ImmutableArray<byte> payload = default)
    {
        RefuseSizes(key, value);
        bool wake;
        ulong number;
        lock (this)
        {
            if (_ended)
                return Never;
            var fresh = previous == Fresh || CancelPending(previous);
            var kind = payload.IsDefault ? RecordKind.Put : RecordKind.PutWithPayload;
            number = RowFor(RecordFormat.KeyOffset + key.Length + value.Length, payload)
                .Write((byte)(kind | (fresh ? RecordKind.FreshBit : 0)), key, value, payload);
            wake = Wrote();
        }

        Wake(wake);
        return number;
    }

    /// <summary>
    /// Removes a key. When its put is pending and was the first of the key, both are left out of the commit: a message acknowledged before its
    /// commit is never written. Caller holds the grain's lock.
    /// </summary>
    /// <param name="previous">As in <see cref="Put"/>.</param>
    /// <returns>The removal's number, or <see cref="Fresh"/> when nothing had to be written.</returns>
    public ulong Remove(ReadOnlySpan<byte> key, ulong previous = Stored)
    {
        RefuseSizes(key, []);
        bool wake;
        ulong number;
        lock (this)
        {
            if (_ended)
                return Never;
            if (previous == Fresh || CancelPending(previous))
                return Fresh;
            number = RowFor(RecordFormat.KeyOffset + key.Length, payload: default).Write(RecordKind.Remove, key, [], payload: default);
            wake = Wrote();
        }

        Wake(wake);
        return number;
    }

    /// <summary>Enters the journal in the due index in place of its last entry, in the same commit as what is appended with it; 0 removes it.</summary>
    public ulong SetDue(long utcSecond) => Change(utcSecond, static (row, second) => row.SetDue(second));

    /// <summary>Enters the journal in the attached index in place of its last entry; null removes it.</summary>
    public ulong SetAttached(string? owner) => Change(owner, static (row, owner) => row.SetAttached(owner));

    /// <summary>The last change of a clean hand-over, or the journal's deletion; later ones get <see cref="Never"/>.</summary>
    public ulong End(JournalEnding ending)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)ending, (int)JournalEnding.None);
        var number = Change(ending, static (row, ending) => row.SetEnding(ending));
        lock (this)
            _ended = true;
        return number;
    }

    private static void RefuseSizes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.Length is 0 or > RecordFormat.MaxKeyBytes)
            throw new ArgumentException("A record's key is 1 to 1,024 bytes.", nameof(key));
        if (value.Length > RecordFormat.MaxValueBytes)
            throw new ArgumentException("A record's value is at most 16 MiB.", nameof(value));
    }

    private ulong Change<T>(T argument, Func<JournalAppend, T, ulong> change)
    {
        bool wake;
        ulong number;
        lock (this)
        {
            if (_ended)
                return Never;
            number = change(RowFor(0, payload: default), argument);
            wake = Wrote();
        }

        Wake(wake);
        return number;
    }

    /// <summary>Cancels a pending put. Returns whether nothing of the key has been written, so that nothing has to be removed.</summary>
    private bool CancelPending(ulong number)
    {
        if (_first is null || number <= _first.Start)
            return false;
        var row = _first;
        while (number > row.End)
            row = row.Next ?? throw new ArgumentOutOfRangeException(nameof(number), number, "Not a number of this journal.");
        return row.Cancel(number);
    }

    private JournalAppend RowFor(int recordBytes, ImmutableArray<byte> payload)
    {
        if (_last is not null && _last.HasRoomFor(recordBytes, payload))
            return _last;
        var row = Loop.Rent();
        row.Begin(this, _end);
        if (_last is null)
            _first = row;
        else
            _last.Next = row;
        _last = row;
        return row;
    }

    /// <summary>Notes the new end. Returns whether the writer has to be told.</summary>
    private bool Wrote()
    {
        _end = _last!.End;
        var wake = !_queued;
        _queued = true;
        return wake;
    }

    private void Wake(bool wake)
    {
        if (wake)
            Loop.MarkDirty(this);
    }
}
