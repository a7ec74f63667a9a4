namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Http:*</c>; an empty list is off.</summary>
internal sealed record HttpOptions
{
    [Listen("Where the REST API (docs/rest/README.md), /metrics, /health/live and /health/ready are served; on loopback only, unless KeyFile is given.")]
    public IReadOnlyList<ListenAddress> Listen { get; init; } = ListenAddress.Loopback(8080);

    [Text("a path", "File of the REST API's keys, written by `orleans-broker api-key`; read again when it changes. Without one the API is for this machine, and everybody on it is admin.")]
    public string? KeyFile { get; init; }
}
