using Azure.Data.Tables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>The entity that says what the table holds.</summary>
internal static class AzureSchema
{
    /// <summary>Raised when an earlier program could not read what this one writes.</summary>
    private const int Version = 1;

    /// <summary>Creates it, once for all nodes that start together.</summary>
    /// <exception cref="StoreRefusedException">The table is of a later program, or has another layout.</exception>
    public static async Task EnsureAsync(AzureTable table, string name, StoreLayout layout, CancellationToken cancellation)
    {
        var entity = new TableEntity(AzureKeys.FormatPartition, AzureKeys.Format) { ["version"] = Version, ["layout"] = layout.Text };
        if (await table.TryAddAsync(entity, cancellation).ConfigureAwait(false)) return;
        var stored = await table.GetAsync(AzureKeys.FormatPartition, AzureKeys.Format, cancellation).ConfigureAwait(false);
        if (stored?.GetInt32("version") is not { } version || stored.GetString("layout") is not { } itsLayout)
            throw new StoreRefusedException($"Table '{name}' is not this program's.");
        if (version > Version)
            throw new StoreRefusedException($"Table '{name}' has format {version}; this program knows format {Version}. A later program wrote it: use that or a later one.");
        layout.Check($"Table '{name}'", itsLayout);
    }
}
