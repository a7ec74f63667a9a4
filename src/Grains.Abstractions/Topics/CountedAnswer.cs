namespace OrleansBroker.Grains.Topics;

/// <summary>What became of a <see cref="CountedMessage"/>.</summary>
/// <param name="Matched">Sessions and shared groups; negative: the shard had closed, and the message was not published.</param>
/// <param name="IsDone">False: it is still under way.</param>
/// <param name="Reason">When it is done.</param>
[GenerateSerializer, Immutable, Alias("broker.CountedAnswer")]
public readonly record struct CountedAnswer([property: Id(0)] int Matched, [property: Id(1)] bool IsDone, [property: Id(2)] byte Reason);
