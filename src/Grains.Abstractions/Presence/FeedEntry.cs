namespace OrleansBroker.Grains.Presence;

/// <summary>What a feed tells next: an event or a gap.</summary>
/// <param name="Position">Where a feed goes on that has told this.</param>
public sealed record FeedEntry(PresenceEvent? Event, PresenceGap? Gap, string Position);
