namespace OrleansBroker.Broker.Sessions;

/// <summary>A slot of the <see cref="InflightWindow"/>.</summary>
public struct InflightMessage
{
    public OutboundMessage Message;

    public ushort PacketIdentifier;

    public InflightState State;

    /// <summary>The PUBLISH has been sent on some connection: a redelivery carries DUP [MQTT5-3.3.1-1] [MQTT311-3.3.1-1].</summary>
    public bool WasSent;

    /// <summary>Counts against the Receive Maximum of this connection.</summary>
    public bool IsOutstanding;
}
