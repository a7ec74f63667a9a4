using Npgsql;
using OrleansBroker.Silo.Options;
using OrleansBroker.Storage.Embedded;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;
using OrleansBroker.Storage.Postgres;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Opens the <see cref="IJournalStore"/> that the options name, before anything else of the broker is there: it is closed after all that.</summary>
internal static partial class JournalStores
{
    /// <exception cref="StartFailedException">The store is out of reach, in use, or of a later program.</exception>
    public static async Task<IJournalStore> OpenAsync(StorageOptions storage, TimeProvider time, ILogger log)
    {
        try
        {
            switch (storage.Provider)
            {
                case StorageProvider.Memory:
                    return new MemoryJournalStore();
                case StorageProvider.Embedded:
                    return new EmbeddedJournalStore(EmbeddedOptions(storage, log), time);
                case StorageProvider.Postgres:
                    return await PostgresJournalStore.OpenAsync(PostgresOptions(storage, log), time, CancellationToken.None);
                default:
                    throw new InvalidOperationException($"{storage.Provider} passed the rules of the options without being built.");
            }
        }
        catch (StoreRefusedException refused)
        {
            throw new StartFailedException($"{OptionOf(storage.Provider)}: {refused.Message}", refused);
        }
        catch (ArgumentException unreadable)
        {
            // Its message may hold a part of the text, which may be the password.
            throw new BadOptionsException("Broker:Storage:ConnectionString: this is not a connection string of PostgreSQL, such as Host=db;Username=broker;Password=…;Database=broker.", unreadable);
        }
        catch (NpgsqlException unreachable)
        {
            throw new StartFailedException($"{OptionOf(storage.Provider)}: the database cannot be used: {unreachable.Message}", unreachable);
        }
    }

    private static string OptionOf(StorageProvider provider) => provider == StorageProvider.Embedded ? "Broker:Storage:Path" : "Broker:Storage:ConnectionString";

    private static EmbeddedStoreOptions EmbeddedOptions(StorageOptions storage, ILogger log) =>
        new() { Path = Path.GetFullPath(storage.Path), Recovered = lost => LogRecovered(log, lost) };

    private static PostgresStoreOptions PostgresOptions(StorageOptions storage, ILogger log) =>
        new() { ConnectionString = storage.ConnectionString!, Failed = failure => LogSweepFailed(log, failure) };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store was not closed in an orderly way, and its log ends in the middle of a write that nobody was promised: {Lost}")]
    private static partial void LogRecovered(ILogger log, string lost);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the store does not need any more could not be removed; it is tried again in a minute")]
    private static partial void LogSweepFailed(ILogger log, Exception failure);
}
