using System.Net;

namespace OrleansBroker.Gateway.Connections;

/// <summary>Where a connection comes from.</summary>
/// <param name="Remote">Null where the transport knows none.</param>
/// <param name="IsLoopback">True when it came from this machine.</param>
internal readonly record struct ConnectionOrigin(EndPoint? Remote, bool IsLoopback);
