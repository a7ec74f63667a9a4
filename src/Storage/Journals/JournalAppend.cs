using System.Collections.Immutable;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Journals;

/// <summary>
/// One row of one journal on its way into the store: what a store sees of it. The other half of the type fills it.
/// While a commit holds it, it belongs to the store, which changes nothing but <see cref="Outcome"/>.
/// </summary>
public sealed partial class JournalAppend
{
    /// <summary>
    /// A row is closed when it would grow beyond this (records and payloads): an Azure transaction holds 4 MiB, and no commit may hold a
    /// whole grain (invariant H2). A single larger record has a row of its own.
    /// </summary>
    public const int MaxWeightBytes = 1024 * 1024;

    public JournalId Journal { get; private set; }

    public JournalEpoch Epoch { get; private set; }

    public WriterId Writer { get; private set; }

    /// <summary>The row's number: one above the journal's last.</summary>
    public ulong Number { get; private set; }

    /// <summary>The records as they are stored (<see cref="RecordFormat"/>), sealed with checksums; may be empty.</summary>
    public ReadOnlyMemory<byte> Records => _bytes.AsMemory(0, _length);

    /// <summary>
    /// Payloads of the records that have one, in their order. The same array (the same, not an equal one) may recur here and in other rows of the commit:
    /// the message of a fan-out, which a store writes once, however many rows refer to it (invariant H3).
    /// </summary>
    public ReadOnlyMemory<ImmutableArray<byte>> Payloads => _payloads.AsMemory(0, _payloadCount);

    /// <summary>The row sets the journal's entry in the due index to <see cref="DueUtcSecond"/>.</summary>
    public bool ChangesDue { get; private set; }

    /// <summary>Seconds since 1970 UTC; 0 removes the entry.</summary>
    public long DueUtcSecond { get; private set; }

    /// <summary>The row sets the journal's entry in the attached index to <see cref="AttachedOwner"/>.</summary>
    public bool ChangesAttached { get; private set; }

    /// <summary>Null removes the entry.</summary>
    public string? AttachedOwner { get; private set; }

    /// <summary>Index changes of a row that closes or deletes are carried out, too (a deletion clears both anyway).</summary>
    public JournalEnding Ending { get; private set; }

    /// <summary>Set by the store for every row; <see cref="JournalOutcome.Unknown"/> until then.</summary>
    public JournalOutcome Outcome { get; set; }

    /// <summary>Bytes of the records, and of the payloads, a payload that recurs at once counted once.</summary>
    public int WeightBytes { get; private set; }

    /// <summary>Goes through the records with their payloads.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Reads a sealed row: it is our own memory, so an error here is a fault of the program.</summary>
    public ref struct Enumerator
    {
        private readonly JournalAppend _append;
        private RecordReader _reader;
        private JournalRecord _current;
        private int _payload;

        internal Enumerator(JournalAppend append)
        {
            _append = append;
            _reader = new RecordReader(append.Records.Span);
        }

        public readonly JournalRecord Current => _current;

        public bool MoveNext()
        {
            var error = _reader.Read(out var record);
            if (error == RecordError.EndOfRow)
                return false;
            if (error != RecordError.None)
                throw new InvalidOperationException($"Row {_append.Number} of {_append.Journal} was changed after it was sealed: {error}.");
            _current = !record.HasPayload
                ? record
                : new JournalRecord
                {
                    Key = record.Key,
                    Value = record.Value,
                    Stored = record.Stored,
                    HasPayload = true,
                    Payload = _append._payloads[_payload++],
                };
            return true;
        }
    }
}
