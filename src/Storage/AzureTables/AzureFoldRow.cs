using Azure.Data.Tables;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>A row that is to be folded, with its records.</summary>
internal sealed record AzureFoldRow(TableEntity Entity, ulong Number, List<AzureRecord> Records);
