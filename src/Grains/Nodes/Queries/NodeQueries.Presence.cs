using OrleansBroker.Grains.Presence;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <content>The events of this core's sessions.</content>
internal sealed partial class NodeQueries
{
    /// <summary>Some 100 KB between silos.</summary>
    private const int MaxEvents = 1_000;

    /// <summary>With a filter that takes few: 32 slices of the ring, less than a millisecond.</summary>
    private const int MaxLookedAt = 8_192;

    public async ValueTask<PresencePage> PresenceAsync(long from, PresenceFilter filter) => await Task.Run(() => presence.Read(from, filter, MaxEvents, MaxLookedAt));

    public async ValueTask PresenceReachesAsync(long position, TimeSpan patience) =>
        await presence.WhenReachedAsync(position).WaitAsync(patience, clock.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
