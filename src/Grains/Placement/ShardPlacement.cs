namespace OrleansBroker.Grains.Placement;

/// <summary>Where <see cref="ShardMap"/> says.</summary>
[Serializable]
internal sealed class ShardPlacement : PlacementStrategy;
