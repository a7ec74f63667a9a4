namespace OrleansBroker.Grains.Nodes;

/// <summary>How fast something happens, per minute, averaged over three times.</summary>
/// <param name="Name">As below <c>$SYS/broker/load</c>.</param>
/// <param name="PerMinute">Over the last 1, 5 and 15 minutes.</param>
[GenerateSerializer, Immutable, Alias("broker.RateReport")]
public sealed record RateReport(
    [property: Id(0)] string Name,
    [property: Id(1)] double[] PerMinute);
