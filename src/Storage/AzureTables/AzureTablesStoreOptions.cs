using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>Where the Azure Tables store is.</summary>
public sealed record AzureTablesStoreOptions
{
    /// <summary>Of the storage account, as Azure's own programs read it.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>3 to 63 letters and digits; created when it does not exist.</summary>
    public string TableName { get; init; } = "OrleansBroker";

    /// <summary>A bucket of the due index is a partition of the table.</summary>
    public StoreLayout Layout { get; init; } = new();

    /// <summary>Rows of a journal that wait to be folded into its records; an opening reads them all.</summary>
    public int MaxUnfoldedRows { get; init; } = 64;

    /// <summary>Told of what failed in the background and is repeated.</summary>
    public Action<Exception>? Failed { get; init; }
}
