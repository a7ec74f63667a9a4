using OrleansBroker.Grains.Nodes;

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

    /// <summary>Every address that the node serves, in the order of the ready line. A node that is no gateway has none for MQTT, whatever the options name.</summary>
    public static IEnumerable<Listener> All(BrokerOptions options) =>
    [
        .. options.Roles.HasFlag(NodeRoles.Gateway) ? OfMqtt(options.Listeners) : [],
        .. Of(Http, "Broker:Http:Listen", options.Http.Listen),
    ];

    private static IEnumerable<Listener> OfMqtt(ListenersOptions listeners) =>
    [
        .. Of(Tcp, "Broker:Listeners:Tcp", listeners.Tcp),
        .. Of(WebSocket, "Broker:Listeners:WebSocket", listeners.WebSocket),
        .. Of("tls", "Broker:Listeners:Tls", listeners.Tls),
        .. Of("securewebsocket", "Broker:Listeners:SecureWebSocket", listeners.SecureWebSocket),
    ];

    private static IEnumerable<Listener> Of(string name, string key, IReadOnlyList<ListenAddress> addresses) =>
        addresses.Select(address => new Listener(name, key, address));
}
