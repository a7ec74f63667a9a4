namespace OrleansBroker.Broker.Outcomes;

/// <summary>What a node counts from its start, drops aside; only ever rising.</summary>
public enum BrokerCounter : byte
{
    /// <summary>Network connections accepted, MQTT or not.</summary>
    NetworkConnections,

    /// <summary>CONNECT packets, refused ones included.</summary>
    ConnectPackets,

    /// <summary>Complete control packets of any type from clients.</summary>
    PacketsReceived,

    /// <summary>Control packets of any type handed to the network.</summary>
    PacketsSent,

    /// <summary>Bytes of <see cref="PacketsReceived"/>.</summary>
    BytesReceived,

    /// <summary>Bytes of <see cref="PacketsSent"/>.</summary>
    BytesSent,

    /// <summary>PUBLISH packets from clients, refused ones and duplicates included.</summary>
    PublicationsReceived,

    /// <summary>PUBLISH packets to clients, duplicates included.</summary>
    PublicationsSent,

    /// <summary>Payload bytes of <see cref="PublicationsReceived"/>.</summary>
    PublicationBytesReceived,

    /// <summary>Payload bytes of <see cref="PublicationsSent"/>.</summary>
    PublicationBytesSent,

    /// <summary>Sessions that ended because their expiry interval ran out.</summary>
    SessionsExpired,

    /// <summary>Times that this node's lease in the store ran out before it was renewed; 0 on a node without a cluster.</summary>
    LeasesLapsed,

    /// <summary>Events of the presence feed that were overwritten before a reader who asked for them had them; once for each reader.</summary>
    PresenceEventsLost,
}
