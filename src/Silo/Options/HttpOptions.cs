namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Http:*</c>; an empty list is off.</summary>
internal sealed record HttpOptions
{
    [Listen("Where /health/live, /health/ready and /metrics are served.")]
    public IReadOnlyList<ListenAddress> Listen { get; init; } = ListenAddress.Loopback(8080);
}
