using System.Collections.Immutable;
using System.Text;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Records;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>Makes rows by hand, with the numbers and epochs that a test wants, as the writer would hand them to a store.</summary>
public sealed class RowBuilder
{
    private readonly JournalAppend _row = new();
    private readonly WriterId _writer;
    private readonly ulong _number;

    public RowBuilder(JournalId journal, JournalEpoch epoch, WriterId writer, ulong number)
    {
        _writer = writer;
        _number = number;
        var opening = new JournalOpening(epoch, 0, null, PreviousClosed: true, 0, null);
        var loop = new CommitLoop(null!, TimeProvider.System, new JournalWriterOptions(), CancellationToken.None);
        _row.Begin(new Journal(journal, opening, loop, new RecordingOwner()), Journal.Stored);
    }

    public RowBuilder Put(string key, string value, ImmutableArray<byte> payload = default)
    {
        _row.Write(payload.IsDefault ? RecordKind.Put : RecordKind.PutWithPayload, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), payload);
        return this;
    }

    public RowBuilder Remove(string key)
    {
        _row.Write(RecordKind.Remove, Encoding.UTF8.GetBytes(key), [], default);
        return this;
    }

    public RowBuilder Due(long second)
    {
        _row.SetDue(second);
        return this;
    }

    public RowBuilder Attached(string? owner)
    {
        _row.SetAttached(owner);
        return this;
    }

    public RowBuilder Ending(JournalEnding ending)
    {
        _row.SetEnding(ending);
        return this;
    }

    public JournalAppend Build()
    {
        _row.Seal();
        _row.Address(_writer, _number);
        return _row;
    }
}
