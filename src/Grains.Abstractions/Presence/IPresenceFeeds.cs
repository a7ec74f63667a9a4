namespace OrleansBroker.Grains.Presence;

/// <summary>Makes presence feeds at this node. Any thread.</summary>
public interface IPresenceFeeds
{
    /// <summary>Whether a text is a position of any feed.</summary>
    bool IsPosition(string text);

    /// <param name="position">Where to go on; null to begin with what happens from now on.</param>
    /// <returns>Null when the node has as many feeds as it may have.</returns>
    Task<IPresenceFeed?> OpenAsync(PresenceFilter filter, string? position, CancellationToken cancellation);
}
