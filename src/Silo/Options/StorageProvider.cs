namespace OrleansBroker.Silo.Options;

internal enum StorageProvider
{
    Embedded,
    Postgres,
    AzureTables,
    Memory,
}
