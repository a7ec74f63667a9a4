namespace OrleansBroker.Grains.Presence;

/// <summary>The events of all cores as one reader gets them; for one caller at a time. Nothing is read ahead of who asks, but what order needs.</summary>
public interface IPresenceFeed : IDisposable
{
    /// <summary>Where a feed goes on that has told all that was given here. Opaque.</summary>
    string Position { get; }

    /// <summary>
    /// What comes next, as soon as there is something: events of one client id in the order of its session's epochs. Empty when nothing came within the time.
    /// </summary>
    Task<IReadOnlyList<FeedEntry>> NextAsync(TimeSpan patience, CancellationToken cancellation);
}
