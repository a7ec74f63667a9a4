namespace OrleansBroker.Grains.Topics;

/// <summary>Retained messages in the order of their topics' bytes.</summary>
/// <param name="Filter">A topic filter, not shared.</param>
/// <param name="After">The topic (UTF-8) behind which to begin; empty for the first.</param>
/// <param name="Limit">At most so many, 1 to 1,000.</param>
[GenerateSerializer, Immutable, Alias("broker.RetainedQuery")]
public sealed record RetainedQuery(
    [property: Id(0)] string Filter, [property: Id(1)] byte[] After, [property: Id(2)] int Limit);
