using System.Net;

namespace OrleansBroker.Gateway.Admission;

/// <summary>What a CONNECT says about its client.</summary>
/// <param name="UserName">Null when the packet has none; may be empty.</param>
/// <param name="Password">Null when the packet has none; may be empty. Not changed and not retained; must stay as it is until the answer.</param>
/// <param name="RemoteEndPoint">Null where the transport knows none.</param>
/// <param name="IsLoopback">True when the connection came from this machine.</param>
/// <param name="ProtocolVersion">3, 4 or 5.</param>
public readonly record struct AuthenticationRequest(
    string ClientId, string? UserName, byte[]? Password, EndPoint? RemoteEndPoint, bool IsLoopback, byte ProtocolVersion);
