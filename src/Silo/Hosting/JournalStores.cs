using Azure;
using Npgsql;
using OrleansBroker.Silo.Options;
using OrleansBroker.Storage.AzureTables;
using OrleansBroker.Storage.Embedded;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;
using OrleansBroker.Storage.Postgres;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Opens the <see cref="IJournalStore"/> that the options name, before anything else of the broker is there: it is closed after all that.</summary>
internal static partial class JournalStores
{
    /// <exception cref="StartFailedException">The store is out of reach, in use, or of a later program.</exception>
    public static async Task<IJournalStore> OpenAsync(BrokerOptions options, TimeProvider time, ILogger log)
    {
        var storage = options.Storage;
        try
        {
            return await OpenAsync(storage, LayoutOf(options.Cluster), time, log);
        }
        catch (StoreRefusedException refused)
        {
            throw new StartFailedException($"{OptionOf(storage.Provider)}: {refused.Message}", refused);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException)
        {
            // Its message may hold a part of the text, which may be the password.
            throw new BadOptionsException($"Broker:Storage:ConnectionString: this is not a connection string of {NameOf(storage.Provider)}, such as {OptionsRules.ExampleOf(storage.Provider)}.", unreadable);
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or RequestFailedException or AggregateException)
        {
            throw new StartFailedException($"{OptionOf(storage.Provider)}: {NameOf(storage.Provider)} cannot be used: {unreachable.Message}", unreachable);
        }
    }

    private static async Task<IJournalStore> OpenAsync(StorageOptions storage, StoreLayout layout, TimeProvider time, ILogger log)
    {
        switch (storage.Provider)
        {
            case StorageProvider.Memory:
                return new MemoryJournalStore(layout.BucketCount);
            case StorageProvider.Embedded:
                return new EmbeddedJournalStore(
                    new EmbeddedStoreOptions { Path = Path.GetFullPath(storage.Path), Layout = layout, Recovered = lost => LogRecovered(log, lost) }, time);
            case StorageProvider.Postgres:
                return await PostgresJournalStore.OpenAsync(
                    new PostgresStoreOptions { ConnectionString = storage.ConnectionString!, Layout = layout, Failed = failure => LogSweepFailed(log, failure) }, time, CancellationToken.None);
            case StorageProvider.AzureTables:
                return await AzureTablesJournalStore.OpenAsync(
                    new AzureTablesStoreOptions { ConnectionString = storage.ConnectionString!, Layout = layout, Failed = failure => LogSweepFailed(log, failure) }, time, CancellationToken.None);
            default:
                throw new InvalidOperationException($"{storage.Provider} is no store.");
        }
    }

    /// <summary>Where a topic's shard is depends on these: with others its retained messages and subscriptions would not be found.</summary>
    private static StoreLayout LayoutOf(ClusterOptions cluster) =>
        new(cluster.Shards, $"Broker:Cluster:Shards={cluster.Shards}, Broker:Cluster:ShardLevels={cluster.ShardLevels}");

    private static string NameOf(StorageProvider provider) => provider == StorageProvider.Postgres ? "PostgreSQL" : "Azure Tables";

    private static string OptionOf(StorageProvider provider) => provider == StorageProvider.Embedded ? "Broker:Storage:Path" : "Broker:Storage:ConnectionString";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store was not closed in an orderly way, and its log ends in the middle of a write that nobody was promised: {Lost}")]
    private static partial void LogRecovered(ILogger log, string lost);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the store does not need any more could not be removed; it is tried again in a minute")]
    private static partial void LogSweepFailed(ILogger log, Exception failure);
}
