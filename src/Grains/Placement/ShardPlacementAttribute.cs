using Orleans.Placement;

namespace OrleansBroker.Grains.Placement;

/// <summary>Of the grain whose key is a shard's number.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());
