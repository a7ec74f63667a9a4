namespace OrleansBroker.Grains.Presence;

/// <summary>Which events are wanted.</summary>
/// <param name="ClientIdPrefix">What the client id begins with; empty for all.</param>
[GenerateSerializer, Immutable, Alias("broker.PresenceFilter")]
public sealed record PresenceFilter([property: Id(0)] string ClientIdPrefix, [property: Id(1)] PresenceKinds Kinds)
{
    public bool Takes(in PresenceEvent happened) =>
        (happened.Kind & Kinds) != 0 && happened.ClientId.StartsWith(ClientIdPrefix, StringComparison.Ordinal);
}
