using System.ComponentModel;
using OrleansBroker.Api.Nodes;

namespace OrleansBroker.Api.Stats;

/// <summary>Sums over the nodes that answered. Counts are from the start of each node's program: what a node counted goes with it.</summary>
internal sealed record StatsBody(
    [property: Description("Nodes that answered.")] int Nodes,
    [property: Description("Clients that are connected.")] int Connections,
    [property: Description("Sessions in the nodes' memory. A durable session that nobody has used for `Broker:Timing:OfflineIdle` is in the store alone and not counted.")] SessionCounts Sessions,
    SubscriptionCounts Subscriptions,
    [property: Description("Retained messages, without `$SYS`; the bytes are topics, properties and payloads.")] StoredCounts Retained,
    [property: Description("Messages in the queues of the sessions in memory; one counts for each queue.")] StoredCounts Queued,
    [property: Description("What clients sent.")] TrafficBody Received,
    [property: Description("What went to clients.")] TrafficBody Sent,
    [property: Description("Messages, or single receivers' copies, that ended without being delivered, by reason.")] IReadOnlyDictionary<string, long> Drops,
    [property: Description("Per minute, averaged as Unix load averages are, by the names below `$SYS/broker/load`. Empty where `Broker:Timing:SysInterval` is 0.")] IReadOnlyDictionary<string, RateBody> RatesPerMinute,
    DateTimeOffset AsOf,
    [property: Description("Nodes that did not answer in their time: their part is missing. Absent when all answered.")] IReadOnlyList<string>? Partial = null);

internal sealed record SubscriptionCounts(
    [property: Description("Shared ones included.")] long Total,
    long Shared);

internal sealed record StoredCounts(long Messages, long Bytes);

internal sealed record TrafficBody(
    [property: Description("Control packets of any type.")] long Packets,
    [property: Description("Bytes of these, without TLS and WebSocket framing.")] long Bytes,
    [property: Description("PUBLISH packets.")] QoSCounts Messages,
    [property: Description("Payload bytes of these.")] QoSCounts PayloadBytes);

internal sealed record QoSCounts(long Qos0, long Qos1, long Qos2);

internal sealed record RateBody(double OneMinute, double FiveMinutes, double FifteenMinutes);
