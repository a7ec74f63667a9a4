using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>What a deletion left behind: the records of a generation and the rows up to that of the deletion; see <see cref="AzureSweep"/>.</summary>
internal sealed record AzureGarbage(string Journal, int Generation, ulong Folded, int FoldedRecords, ulong Last, DateTimeOffset DeletedUtc, TableEntity Entity)
{
    public static TableEntity Create(string partition, string journal, AzureHeader before, ulong number, DateTimeOffset now) =>
        new(partition, AzureKeys.GarbageOf(journal, before.Generation))
        {
            ["journal"] = journal,
            ["generation"] = before.Generation,
            ["folded"] = (long)before.Folded,
            ["foldedRecords"] = before.FoldedRecords,
            ["last"] = (long)number,
            ["deleted"] = now,
        };

    public static AzureGarbage Read(TableEntity entity) => new(
        entity.GetString("journal"),
        entity.GetInt32("generation")!.Value,
        (ulong)entity.GetInt64("folded")!.Value,
        entity.GetInt32("foldedRecords")!.Value,
        (ulong)entity.GetInt64("last")!.Value,
        entity.GetDateTimeOffset("deleted")!.Value,
        entity);
}
