using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Broker.Sessions;

/// <summary>A message on its way out of a session: queued or in flight. Stored in place in queue and window.</summary>
public struct OutboundMessage
{
    /// <summary>Null once it is not sent again: the client has it (QoS 2 after PUBREC), or the session is transient and its connection took it.</summary>
    public Publication? Publication;

    /// <summary>Order of acceptance in this session, and the key of its journal record.</summary>
    public long Sequence;

    /// <summary>Of all matching subscriptions; never written.</summary>
    public uint[]? SubscriptionIdentifiers;

    /// <summary>The open part of a publication that waits for this session's commit; null when it is settled or transient.</summary>
    public DurablePart? Part;

    /// <summary>The shared subscription that brought the message, to whose group it may be returned; null for all others.</summary>
    public TopicFilter? Shared;

    /// <summary>Of a QoS 2 message of a durable session whose publisher may hand it on again.</summary>
    public MessageOrigin? Origin;

    public QoS QoS;

    /// <summary>The RETAIN flag to send.</summary>
    public bool Retain;

    /// <summary>Number of the journal record of this message, pending or written; 0 when there is none.</summary>
    public ulong Record;
}
