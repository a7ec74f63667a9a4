namespace OrleansBroker.Broker.Sessions;

/// <summary>A slot of the <see cref="InflightWindow"/>.</summary>
public struct InflightMessage
{
    public OutboundMessage Message;

    /// <summary>Number of the journal record of the identifier alone; 0 while it stands in the message's record or nowhere.</summary>
    public ulong IdentifierRecord;

    /// <summary>Rises with every identifier given: the order in which redeliveries go.</summary>
    public long Order;

    public ushort PacketIdentifier;

    public InflightState State;

    /// <summary>The PUBLISH has been sent on some connection: a redelivery carries DUP [MQTT5-3.3.1-1] [MQTT311-3.3.1-1].</summary>
    public bool WasSent;

    /// <summary>Counts against the Receive Maximum of this connection: sent on it, or about to be when it is committed.</summary>
    public bool IsOutstanding;
}
