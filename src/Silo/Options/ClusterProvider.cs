namespace OrleansBroker.Silo.Options;

internal enum ClusterProvider
{
    /// <summary>One node.</summary>
    Local,
    Postgres,
    AzureTables,
}
