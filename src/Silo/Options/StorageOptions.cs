using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Storage:*</c>.</summary>
internal sealed record StorageOptions
{
    [Choice("Where sessions, queues and retained messages are kept. Built so far: `Memory`, which forgets them when the program ends.")]
    public StorageProvider Provider { get; init; } = StorageProvider.Memory;

    [Text("a path", "Folder of the `Embedded` store.")]
    public string Path { get; init; } = "./data";

    [Text("a connection string", "Connection of the `Postgres` or `AzureTables` store.", Secret = true)]
    public string? ConnectionString { get; init; }
}
