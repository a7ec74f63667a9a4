namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>Which fields an item has; the bits, and the order of the fields, are a wired contract. What has no bytes says all by its bit.</summary>
[Flags]
internal enum ItemField : uint
{
    None = 0,
    ClientId = 1 << 0,
    ConnectionId = 1 << 1,
    Token = 1 << 2,
    PacketIdentifier = 1 << 3,
    PacketType = 1 << 4,
    Reason = 1 << 5,
    Message = 1 << 6,

    /// <summary>The message of the item before it in the batch, without bytes: a message to many sessions of a silo crosses once.</summary>
    SameMessage = 1 << 7,
    Match = 1 << 8,
    QoS = 1 << 9,
    Duplicate = 1 << 10,
    Retain = 1 << 11,
    SubscriptionIdentifiers = 1 << 12,
    Reasons = 1 << 13,
    SessionPresent = 1 << 14,
    Number = 1 << 15,
    Milliseconds = 1 << 16,
    IsLastResort = 1 << 17,
    PublishWill = 1 << 18,
    Source = 1 << 19,
    Sequence = 1 << 20,
    Incarnation = 1 << 21,
    Epoch = 1 << 22,
    IsDurable = 1 << 23,
    Subscriptions = 1 << 24,
    Ended = 1 << 25,

    /// <summary>From version 2 on.</summary>
    ServerReference = 1 << 26,
}
