using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes;

/// <summary>
/// One item between two silos: a flat union, of which each kind uses the fields that it needs. [nodes] replaces this encoding by
/// compact blobs; the kinds stay.
/// </summary>
[GenerateSerializer, Immutable, Alias("broker.NodeItem")]
public sealed record NodeItem
{
    [Id(0)] public required NodeItemKind Kind { get; init; }

    /// <summary>The session concerned, or the publisher of a <see cref="NodeItemKind.Publish"/>.</summary>
    [Id(1)] public string ClientId { get; init; } = "";

    [Id(2)] public long ConnectionId { get; init; }

    /// <summary>The source's number for what it waits for; 0 when it does not wait.</summary>
    [Id(3)] public long Token { get; init; }

    [Id(4)] public ushort PacketIdentifier { get; init; }

    [Id(5)] public byte PacketType { get; init; }

    [Id(6)] public ReasonCode Reason { get; init; }

    [Id(7)] public MessageRecord? Message { get; init; }

    [Id(8)] public MatchRecord? Match { get; init; }

    /// <summary>Effective QoS of a Send; options and flags of other kinds.</summary>
    [Id(9)] public byte QoS { get; init; }

    [Id(10)] public bool Duplicate { get; init; }

    [Id(11)] public bool Retain { get; init; }

    [Id(12)] public uint[]? SubscriptionIdentifiers { get; init; }

    /// <summary>SUBACK and UNSUBACK reason codes.</summary>
    [Id(13)] public ReasonCode[]? Reasons { get; init; }

    [Id(14)] public bool SessionPresent { get; init; }

    [Id(15)] public uint Number { get; init; }

    /// <summary>Milliseconds: what is left, or what has passed.</summary>
    [Id(16)] public long Milliseconds { get; init; }

    [Id(17)] public bool IsLastResort { get; init; }

    [Id(18)] public bool PublishWill { get; init; }

    /// <summary>The silo that waits for the token, when the item was passed on by another one.</summary>
    [Id(19)] public SiloAddress? Source { get; init; }

    /// <summary>Of a Send at QoS 1 and 2: the message's place in its session.</summary>
    [Id(20)] public long Sequence { get; init; }

    /// <summary>Of an Attached: the session's.</summary>
    [Id(21)] public long Incarnation { get; init; }

    /// <summary>Of an Attached or Reattached: the attachment's.</summary>
    [Id(22)] public long Epoch { get; init; }

    /// <summary>Of an Attached: the session's state is journaled.</summary>
    [Id(23)] public bool IsDurable { get; init; }

    /// <summary>Of a SendSubAck: what a transient session holds by it.</summary>
    [Id(24)] public SubscriptionRecord[]? Subscriptions { get; init; }

    /// <summary>Of a SendSubAck and a SendUnsubAck: versions that a transient session holds no more.</summary>
    [Id(25)] public uint[]? Ended { get; init; }

    /// <summary>Of a Send: settled when the other silo has accepted the item. Stays here.</summary>
    [field: NonSerialized]
    public DurablePart? Part { get; init; }
}
