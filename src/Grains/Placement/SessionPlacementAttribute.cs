using Orleans.Placement;

namespace OrleansBroker.Grains.Placement;

/// <summary>Of the grain whose key is a session's.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SessionPlacementAttribute() : PlacementAttribute(new SessionPlacement());
