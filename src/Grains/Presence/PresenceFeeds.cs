using OrleansBroker.Broker.Options;

namespace OrleansBroker.Grains.Presence;

/// <summary>The feeds of this node, of which there may be so many at the same time.</summary>
internal sealed class PresenceFeeds(PresenceNodes nodes, LimitsOptions limits) : IPresenceFeeds
{
    private int _open;

    public bool IsPosition(string text) => FeedPosition.TryDecode(text, out _);

    public async Task<IPresenceFeed?> OpenAsync(PresenceFilter filter, string? position, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _open) > limits.MaxEventFeeds)
        {
            Close();
            return null;
        }

        try
        {
            if (position is null || !FeedPosition.TryDecode(position, out var positions)) positions = await NowAsync(filter);
            cancellation.ThrowIfCancellationRequested();
            return new PresenceFeed(filter, positions, nodes, Close);
        }
        catch
        {
            Close();
            throw;
        }
    }

    private async Task<Dictionary<SiloAddress, long>> NowAsync(PresenceFilter filter)
    {
        var asked = await Task.WhenAll(nodes.Cores.Select(async core => (Core: core, Page: await nodes.ReadAsync(core, FeedPosition.Unknown, filter))));
        return asked.ToDictionary(static answer => answer.Core, static answer => answer.Page?.Next ?? FeedPosition.Unknown);
    }

    private void Close() => Interlocked.Decrement(ref _open);
}
