namespace OrleansBroker.Grains.Presence;

/// <summary>Some of a core's events, in order.</summary>
/// <param name="Events">With the position of each in its core: 0, 1, 2, ….</param>
/// <param name="Lost">How many of those that were asked for are gone from the ring.</param>
/// <param name="Next">Where the next page begins.</param>
/// <param name="IsCurrent">There was nothing behind it.</param>
[GenerateSerializer, Immutable, Alias("broker.PresencePage")]
public sealed record PresencePage(
    [property: Id(0)] PresenceEvent[] Events,
    [property: Id(1)] long[] Positions,
    [property: Id(2)] long Lost,
    [property: Id(3)] long Next,
    [property: Id(4)] bool IsCurrent);
