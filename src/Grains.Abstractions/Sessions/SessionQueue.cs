namespace OrleansBroker.Grains.Sessions;

/// <summary>Messages that wait for a session's client, or are on their way to it, oldest first.</summary>
/// <param name="IsEnd">None follows; otherwise the next page begins behind the sequence of the last.</param>
[GenerateSerializer, Immutable, Alias("broker.SessionQueue")]
public sealed record SessionQueue([property: Id(0)] long Incarnation, [property: Id(1)] long Epoch, [property: Id(2)] QueuedMessage[] Items, [property: Id(3)] bool IsEnd);
