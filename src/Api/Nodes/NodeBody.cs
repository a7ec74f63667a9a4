using System.ComponentModel;

namespace OrleansBroker.Api.Nodes;

/// <summary>A node in an answer; what it says of itself is absent while it does not answer.</summary>
internal sealed record NodeBody(
    [property: Description("As in the node's ready line; the node's for as long as its program runs.")] string Name,
    [property: Description("`gateway`, `core`; empty while the cluster has not heard of them.")] IReadOnlyList<string> Roles,
    [property: Description("`joining`, `active`, `draining`, `stopping`, or `dead`: for an hour after its death, if the node that is asked has seen it.")] string Status,
    [property: Description("When its death was noticed.")] DateTimeOffset? DiedAt = null,
    string? Version = null,
    DateTimeOffset? StartedAt = null,
    long? UptimeSeconds = null,
    [property: Description("Clients that are connected to this node.")] int? Connections = null,
    [property: Description("The most that `connections` ever was.")] int? MaximumConnections = null,
    [property: Description("Sessions in this node's memory.")] SessionCounts? Sessions = null,
    [property: Description("Topic shards that are open on this node.")] int? Shards = null,
    [property: Description("What waits to be sent to other nodes, by what it is.")] IReadOnlyDictionary<string, LaneBody>? Lanes = null,
    [property: Description("Managed memory in use.")] long? HeapBytes = null,
    [property: Description("What the operating system counts for the process.")] long? WorkingSetBytes = null,
    StoreBody? Store = null,
    [property: Description("When the node said this.")] DateTimeOffset? AsOf = null);

internal sealed record SessionCounts(
    int Connected,
    int Disconnected,
    [property: Description("Connected or not; they outlive their connection.")] int Durable);

internal sealed record LaneBody(long WaitingItems, long WaitingBytes);

internal sealed record StoreBody(
    bool Reached,
    [property: Description("What is wrong; absent while it is reached.")] string? Trouble = null);

/// <summary>All nodes.</summary>
internal sealed record NodesBody(
    IReadOnlyList<NodeBody> Items,
    DateTimeOffset AsOf,
    [property: Description("Nodes that did not answer in their time. Absent when all answered.")] IReadOnlyList<string>? Partial = null);
