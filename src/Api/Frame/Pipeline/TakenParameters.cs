namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Metadata of an endpoint: query parameters.</summary>
internal sealed record TakenParameters(IReadOnlyList<QueryParameter> Parameters)
{
    /// <summary>All of an endpoint.</summary>
    public static IReadOnlyList<QueryParameter> Of(IEnumerable<object> metadata) => [.. metadata.OfType<TakenParameters>().SelectMany(taken => taken.Parameters)];
}
