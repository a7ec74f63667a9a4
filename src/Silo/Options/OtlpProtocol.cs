namespace OrleansBroker.Silo.Options;

/// <summary>What OTLP travels in.</summary>
internal enum OtlpProtocol
{
    /// <summary>gRPC over HTTP/2, port 4317 by custom.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP/1.1, port 4318 by custom.</summary>
    Http,
}
