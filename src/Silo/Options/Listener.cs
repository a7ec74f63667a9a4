namespace OrleansBroker.Silo.Options;

/// <summary>One address of one listener option.</summary>
/// <param name="Name">As the ready line says it: tcp, websocket, tls, securewebsocket, http.</param>
internal sealed record Listener(string Name, string OptionKey, ListenAddress Address)
{
    public const string Tcp = "tcp";
    public const string WebSocket = "websocket";
    public const string Http = "http";

    /// <summary>True where MQTT clients connect.</summary>
    public bool IsMqtt => Name != Http;

    /// <summary>Every address that the options name, in the order of the ready line.</summary>
    public static IEnumerable<Listener> All(BrokerOptions options) =>
    [
        .. Of(Tcp, "Broker:Listeners:Tcp", options.Listeners.Tcp),
        .. Of(WebSocket, "Broker:Listeners:WebSocket", options.Listeners.WebSocket),
        .. Of("tls", "Broker:Listeners:Tls", options.Listeners.Tls),
        .. Of("securewebsocket", "Broker:Listeners:SecureWebSocket", options.Listeners.SecureWebSocket),
        .. Of(Http, "Broker:Http:Listen", options.Http.Listen),
    ];

    private static IEnumerable<Listener> Of(string name, string key, IReadOnlyList<ListenAddress> addresses) =>
        addresses.Select(address => new Listener(name, key, address));
}
