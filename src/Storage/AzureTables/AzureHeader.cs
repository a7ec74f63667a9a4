using Azure;
using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>
/// What a journal has once. Every opening changes it, and everything but a plain row is written only if it is still what the writer knows: so the tag fences folding,
/// index changes and endings, as the number of the next row fences rows.
/// </summary>
internal sealed record AzureHeader
{
    public required JournalId Journal { get; init; }

    public required ulong Epoch { get; init; }

    public required WriterId Writer { get; init; }

    public JournalEnding Ending { get; init; }

    /// <summary>Rows up to this number are folded into the records.</summary>
    public ulong Folded { get; init; }

    /// <summary>And of the row after it so many records.</summary>
    public int FoldedRecords { get; init; }

    /// <summary>Raised by a deletion: what is of an older one is garbage.</summary>
    public int Generation { get; init; }

    public long DueUtcSecond { get; init; }

    public string? AttachedOwner { get; init; }

    public DateTimeOffset OpenedUtc { get; init; }

    public ETag Tag { get; init; }

    /// <summary>When it was changed last, by the service's clock.</summary>
    public DateTimeOffset Stamp { get; init; }

    public bool IsOf(JournalEpoch epoch, WriterId writer) => Epoch == epoch.Value && Writer == writer;

    public bool IsSameAs(AzureHeader other) => this == other with { Tag = Tag, Stamp = Stamp };

    public static AzureHeader Read(TableEntity entity) => new()
    {
        Journal = ReadJournal(entity),
        Epoch = (ulong)entity.GetInt64("epoch")!.Value,
        Writer = new WriterId(entity.GetGuid("writer")!.Value),
        Ending = (JournalEnding)entity.GetInt32("ending")!.Value,
        Folded = (ulong)entity.GetInt64("folded")!.Value,
        FoldedRecords = entity.GetInt32("foldedRecords")!.Value,
        Generation = entity.GetInt32("generation")!.Value,
        DueUtcSecond = entity.GetInt64("due")!.Value,
        AttachedOwner = entity.GetString("owner"),
        OpenedUtc = entity.GetDateTimeOffset("opened")!.Value,
        Tag = entity.ETag,
        Stamp = entity.Timestamp ?? default,
    };

    public TableEntity ToEntity(string partition, string name)
    {
        var entity = new TableEntity(partition, AzureKeys.Header(name))
        {
            ["epoch"] = (long)Epoch,
            ["writer"] = Writer.Value,
            ["ending"] = (int)Ending,
            ["folded"] = (long)Folded,
            ["foldedRecords"] = FoldedRecords,
            ["generation"] = Generation,
            ["due"] = DueUtcSecond,
            ["opened"] = OpenedUtc,
        };
        if (AttachedOwner is not null) entity["owner"] = AttachedOwner;
        WriteJournal(entity, Journal);
        return entity;
    }

    public static void WriteJournal(TableEntity entity, JournalId journal)
    {
        entity["kind"] = journal.Kind;
        entity["key"] = journal.Key;
    }

    public static JournalId ReadJournal(TableEntity entity) => new(entity.GetString("kind"), entity.GetString("key"));
}
