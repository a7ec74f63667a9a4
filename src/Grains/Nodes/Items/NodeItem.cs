using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// One item between two silos: a flat union, of which each kind uses the fields that it needs. It crosses as <see cref="ItemWriter"/> encodes it, and lives no longer
/// than the call that hands it over.
/// </summary>
internal readonly record struct NodeItem
{
    public required NodeItemKind Kind { get; init; }

    /// <summary>The session concerned; empty when it is none's.</summary>
    public string ClientId { get; init; } = "";

    public long ConnectionId { get; init; }

    /// <summary>The source's number for what it waits for; 0 when it does not wait.</summary>
    public long Token { get; init; }

    public ushort PacketIdentifier { get; init; }

    public byte PacketType { get; init; }

    public ReasonCode Reason { get; init; }

    public Publication? Message { get; init; }

    /// <summary>The session's routes that matched; only where the item is made.</summary>
    public RouteMatch? Match { get; init; }

    /// <summary><see cref="Match"/> as it came; see <see cref="WiredMatch"/>. Valid as long as the batch.</summary>
    public ReadOnlyMemory<byte> MatchBytes { get; init; }

    /// <summary>Effective QoS of a Send.</summary>
    public byte QoS { get; init; }

    public bool Duplicate { get; init; }

    public bool Retain { get; init; }

    public uint[]? SubscriptionIdentifiers { get; init; }

    /// <summary>SUBACK and UNSUBACK reason codes.</summary>
    public ReasonCode[]? Reasons { get; init; }

    public bool SessionPresent { get; init; }

    /// <summary>A shard's number, a subscription's version, an expiry interval, an answer.</summary>
    public uint Number { get; init; }

    /// <summary>Milliseconds: what is left, or what has passed.</summary>
    public long Milliseconds { get; init; }

    public bool IsLastResort { get; init; }

    public bool PublishWill { get; init; }

    /// <summary>The silo that waits for the token, when the item was passed on by another one.</summary>
    public SiloAddress? Source { get; init; }

    /// <summary>Of a Send at QoS 1 and 2: the message's place in its session.</summary>
    public long Sequence { get; init; }

    /// <summary>Of an Attached: the session's.</summary>
    public long Incarnation { get; init; }

    /// <summary>Of an Attached or Reattached: the attachment's.</summary>
    public long Epoch { get; init; }

    /// <summary>Of an Attached: the session's state is journaled.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Of a SendSubAck: what a transient session holds by it.</summary>
    public SubscriptionRecord[]? Subscriptions { get; init; }

    /// <summary>Of a SendSubAck and a SendUnsubAck: versions that a transient session holds no more.</summary>
    public uint[]? Ended { get; init; }

    /// <summary>Of a Close: where the client is to go instead.</summary>
    public string? ServerReference { get; init; }

    public NodeItem()
    {
    }
}
