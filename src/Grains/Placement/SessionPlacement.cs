namespace OrleansBroker.Grains.Placement;

/// <summary>On the silo of the connection when that is a core, or else where <see cref="SessionMap"/> says.</summary>
[Serializable]
internal sealed class SessionPlacement : PlacementStrategy;
