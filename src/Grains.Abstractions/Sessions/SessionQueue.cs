namespace OrleansBroker.Grains.Sessions;

/// <summary>Messages that wait for a session's client, or are on their way to it, oldest first.</summary>
/// <param name="Items">May be none before the end: what stood there has been taken meanwhile.</param>
/// <param name="Next">The sequence behind which the next page begins; null at the end.</param>
[GenerateSerializer, Immutable, Alias("broker.SessionQueue")]
public sealed record SessionQueue([property: Id(0)] long Incarnation, [property: Id(1)] long Epoch, [property: Id(2)] QueuedMessage[] Items, [property: Id(3)] long? Next);
