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

    /// <summary>PUBLISH packets from clients at QoS 0, refused ones and duplicates included.</summary>
    PublicationsReceivedQoS0,

    /// <summary>PUBLISH packets from clients at QoS 1, refused ones and duplicates included.</summary>
    PublicationsReceivedQoS1,

    /// <summary>PUBLISH packets from clients at QoS 2, refused ones and duplicates included.</summary>
    PublicationsReceivedQoS2,

    /// <summary>PUBLISH packets to clients at QoS 0, duplicates included.</summary>
    PublicationsSentQoS0,

    /// <summary>PUBLISH packets to clients at QoS 1, duplicates included.</summary>
    PublicationsSentQoS1,

    /// <summary>PUBLISH packets to clients at QoS 2, duplicates included.</summary>
    PublicationsSentQoS2,

    /// <summary>Payload bytes of <see cref="PublicationsReceivedQoS0"/>.</summary>
    PublicationBytesReceivedQoS0,

    /// <summary>Payload bytes of <see cref="PublicationsReceivedQoS1"/>.</summary>
    PublicationBytesReceivedQoS1,

    /// <summary>Payload bytes of <see cref="PublicationsReceivedQoS2"/>.</summary>
    PublicationBytesReceivedQoS2,

    /// <summary>Payload bytes of <see cref="PublicationsSentQoS0"/>.</summary>
    PublicationBytesSentQoS0,

    /// <summary>Payload bytes of <see cref="PublicationsSentQoS1"/>.</summary>
    PublicationBytesSentQoS1,

    /// <summary>Payload bytes of <see cref="PublicationsSentQoS2"/>.</summary>
    PublicationBytesSentQoS2,

    /// <summary>Sessions that ended because their expiry interval ran out.</summary>
    SessionsExpired,

    /// <summary>Times that this node's lease in the store ran out before it was renewed; 0 on a node without a cluster.</summary>
    LeasesLapsed,

    /// <summary>Connections that their sessions closed because the client was silent for one and a half times its keep-alive.</summary>
    KeepAlivesExpired,

    /// <summary>Sessions that left this node for another one, to go on there.</summary>
    SessionsMoved,

    /// <summary>Shards that left this node for another one, to go on there.</summary>
    ShardsMoved,

    /// <summary>Connections of this gateway that lived on while their session went on at another node.</summary>
    ConnectionsReattached,

    /// <summary>Events of the presence feed that were overwritten before a reader who asked for them had them; once for each reader.</summary>
    PresenceEventsLost,
}
