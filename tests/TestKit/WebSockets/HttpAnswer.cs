namespace OrleansBroker.TestKit.WebSockets;

/// <summary>What a server answers to a handshake.</summary>
/// <param name="Headers">By name, letter case not counted.</param>
/// <param name="Body">Empty when the WebSocket is open.</param>
public sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public const int SwitchingProtocols = 101;

    public bool IsOpen => Status == SwitchingProtocols;

    public string? Subprotocol => Headers.GetValueOrDefault("Sec-WebSocket-Protocol");
}
