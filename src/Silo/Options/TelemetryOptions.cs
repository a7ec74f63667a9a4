using OrleansBroker.Broker.Options.Settings;

namespace OrleansBroker.Silo.Options;

/// <summary><c>Broker:Telemetry:*</c>.</summary>
internal sealed record TelemetryOptions
{
    [Text("an address with http:// or https://", "Where metrics and traces are sent by OTLP, such as `http://127.0.0.1:4317`; with none nothing is sent, and nothing traced. Headers and certificates come from the environment (`OTEL_EXPORTER_OTLP_HEADERS` and the like).")]
    public string? OtlpEndpoint { get; init; }

    [Choice("What OTLP travels in. `Http` appends `/v1/metrics` and `/v1/traces` to the address.")]
    public OtlpProtocol OtlpProtocol { get; init; } = OtlpProtocol.Grpc;

    [Duration("1s", "1h", "How often metrics are sent by OTLP; traces are sent every 5 s, or when 512 have come.")]
    public TimeSpan ExportInterval { get; init; } = TimeSpan.FromSeconds(60);

    [Count(0, int.MaxValue, "CONNECTs", "One CONNECT in so many is traced, from the gateway to its session; 0 traces none.")]
    public int ConnectSampling { get; init; } = 1;

    [Count(0, int.MaxValue, "PUBLISHes", "One PUBLISH in so many is traced, from its receipt until it is settled; 0 traces none.")]
    public int PublishSampling { get; init; }

    [Switch("Client ids and topics stand in traces as they are; otherwise as the first 16 hexadecimal digits of their SHA-256.")]
    public bool NamesInTraces { get; init; }
}
