using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Storage:*</c>.</summary>
internal sealed record StorageOptions
{
    [Choice("Where sessions, queues and retained messages are kept. `Memory` forgets them when the program ends; `Embedded` keeps them in a folder of this node alone; `Postgres` in a database and `AzureTables` in an Azure storage account, whose tables it creates.")]
    public StorageProvider Provider { get; init; } = StorageProvider.Embedded;

    [Text("a path", "Folder of the `Embedded` store, for one process alone; created when it does not exist.")]
    public string Path { get; init; } = "./data";

    [Text("a connection string", "Connection of the `Postgres` or `AzureTables` store.", Secret = true)]
    public string? ConnectionString { get; init; }
}
