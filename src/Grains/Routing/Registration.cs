namespace OrleansBroker.Grains.Routing;

/// <summary>What has become of wishes for routes.</summary>
/// <param name="IsRegistered">For each wish whether every shard has committed it.</param>
/// <param name="Retained">What shards have given for them, whether all others have committed them or not; null for nothing.</param>
internal readonly record struct Registration(bool[] IsRegistered, IReadOnlyList<RetainedGiven>? Retained)
{
    /// <summary>False when the shards were not asked, as the session's own journal has not taken the subscriptions.</summary>
    public bool IsStored { get; init; } = true;
}
