using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>What a change of a header means for the indexes; in the same transaction, so an entry is there exactly when the header says so.</summary>
internal static class AzureIndexEntries
{
    public static void Change(AzureTransaction transaction, string partition, string name, AzureHeader before, AzureHeader now)
    {
        if (before.DueUtcSecond != now.DueUtcSecond)
        {
            if (before.DueUtcSecond != 0) transaction.Delete(partition, AzureKeys.Due(before.DueUtcSecond, name));
            if (now.DueUtcSecond != 0) transaction.Put(Entry(partition, AzureKeys.Due(now.DueUtcSecond, name), now));
        }

        if (before.AttachedOwner == now.AttachedOwner) return;
        if (before.AttachedOwner is not null) transaction.Delete(partition, AzureKeys.Attached(before.AttachedOwner, name));
        if (now.AttachedOwner is not null) transaction.Put(Entry(partition, AzureKeys.Attached(now.AttachedOwner, name), now));
    }

    private static TableEntity Entry(string partition, string row, AzureHeader header)
    {
        var entry = new TableEntity(partition, row) { ["due"] = header.DueUtcSecond };
        AzureHeader.WriteJournal(entry, header.Journal);
        return entry;
    }
}
