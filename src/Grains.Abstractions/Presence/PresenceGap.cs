namespace OrleansBroker.Grains.Presence;

/// <summary>Events of a node are missing in a feed.</summary>
/// <param name="Lost">How many were overwritten before they were read; null when the node is gone, and nobody knows.</param>
public sealed record PresenceGap(SiloAddress Node, long? Lost);
