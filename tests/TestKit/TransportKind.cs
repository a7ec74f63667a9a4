namespace OrleansBroker.TestKit;

/// <summary>What carries MQTT's bytes.</summary>
public enum TransportKind
{
    Tcp,
    WebSocket,
}
