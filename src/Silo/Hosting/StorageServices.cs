using OrleansBroker.Silo.Options;
using OrleansBroker.Storage.Embedded;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

namespace OrleansBroker.Silo.Hosting;

/// <summary>Registers the <see cref="IJournalStore"/> that the options name; it is opened when the silo starts and closed after it.</summary>
internal static partial class StorageServices
{
    public static void AddJournalStore(this IServiceCollection services, StorageOptions storage)
    {
        switch (storage.Provider)
        {
            case StorageProvider.Embedded:
                services.AddSingleton<IJournalStore>(provider => OpenEmbedded(provider, storage.Path));
                break;
            case StorageProvider.Memory:
                services.AddSingleton<IJournalStore, MemoryJournalStore>();
                break;
            default:
                throw new InvalidOperationException($"{storage.Provider} passed the rules of the options without being built.");
        }
    }

    private static EmbeddedJournalStore OpenEmbedded(IServiceProvider provider, string path)
    {
        var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Storage");
        var options = new EmbeddedStoreOptions { Path = Path.GetFullPath(path), Recovered = lost => LogRecovered(log, lost) };
        try
        {
            return new EmbeddedJournalStore(options, provider.GetRequiredService<TimeProvider>());
        }
        catch (StoreRefusedException refused)
        {
            throw new StartFailedException($"Broker:Storage:Path: {refused.Message}", refused);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store was not closed in an orderly way, and its log ends in the middle of a write that nobody was promised: {Lost}")]
    private static partial void LogRecovered(ILogger log, string lost);
}
