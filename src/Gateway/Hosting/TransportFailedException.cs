namespace OrleansBroker.Gateway.Hosting;

/// <summary>A transport met a fault of its own, beyond a single connection, and had the node stop. Thrown by the host's stop, so that the program does not end as if all were well.</summary>
public sealed class TransportFailedException(string message, Exception inner) : Exception(message, inner);
