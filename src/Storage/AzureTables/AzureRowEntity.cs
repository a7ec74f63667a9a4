using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>The entity of a row: what it is, without its body.</summary>
internal static class AzureRowEntity
{
    /// <summary>Filters.</summary>
    public const string IsOpening = Opening + " eq true";
    public const string IsNoOpening = Opening + " eq false";

    private const string Opening = "opening";
    private const string Opened = "opened";

    private const string Number = "number";
    private const string Epoch = "epoch";
    private const string Writer = "writer";

    public static TableEntity Create(string partition, string journal, JournalAppend append) =>
        Create(partition, journal, append.Number, append.Epoch.Value, append.Writer);

    /// <summary>An opening's: it stays for a day, so that every stale writer finds its number taken.</summary>
    public static TableEntity Create(string partition, string journal, ulong number, AzureHeader header)
    {
        var entity = Create(partition, journal, number, header.Epoch, header.Writer);
        entity[Opening] = true;
        entity[Opened] = header.OpenedUtc;
        AzureBody.Write(entity, []);
        return entity;
    }

    public static ulong NumberOf(TableEntity row) => (ulong)row.GetInt64(Number)!.Value;

    /// <summary>Null for a row that is no opening.</summary>
    public static DateTimeOffset? OpenedOf(TableEntity row) => row.GetDateTimeOffset(Opened);

    /// <summary>A filter: openings of before that.</summary>
    public static string OpenedBefore(DateTimeOffset time) => $"{IsOpening} and {TableClient.CreateQueryFilter($"opened lt {time}")}";

    private static TableEntity Create(string partition, string journal, ulong number, ulong epoch, WriterId writer) => new(partition, AzureKeys.Row(journal, number))
    {
        [Number] = (long)number,
        [Epoch] = (long)epoch,
        [Writer] = writer.Value,
        [Opening] = false,
    };
}
