using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>Reads the next messages of a long queue from its journal and hands them to the session. While the store does not answer it is asked again.</summary>
internal sealed partial class StoredLoader(IJournalStore store, BrokerClock clock, ILogger<StoredLoader> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    /// <summary>What can be read from the store need not stay in memory; false where the store is memory.</summary>
    public bool IsUseful => !store.CommitsInline;

    /// <summary>In the background; fails of nothing, and need not be awaited.</summary>
    public Task LoadAsync(SessionMonitor monitor, StoredPage page) => Task.Run(async () =>
    {
        var keys = StoredMessages.KeysOf(page);
        for (var delay = FirstDelay; !monitor.IsClosed; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            if (await TryLoadAsync(monitor, page, keys)) return;
            await Task.Delay(delay, clock.TimeProvider);
        }
    });

    private async Task<bool> TryLoadAsync(SessionMonitor monitor, StoredPage page, ReadOnlyMemory<byte>[] keys)
    {
        var clientId = monitor.Identity.ClientId;
        try
        {
            var found = new StoredMessages(clock);
            await store.ReadAsync(new JournalId(SessionGrain.JournalKind, clientId), keys, found, CancellationToken.None);
            await monitor.RunAsync(session =>
            {
                session.StoredLoaded(page, found.Messages, clock.NowMilliseconds);
                return true;
            });
            return true;
        }
        catch (Exception failure)
        {
            LogNotLoaded(failure, clientId);
            return false;
        }
    }

    [LoggerMessage(2008, LogLevel.Warning, "The queue of session {ClientId} could not be read; it is tried again")]
    private partial void LogNotLoaded(Exception failure, string clientId);
}
