using System.ComponentModel;

namespace OrleansBroker.Api.Sessions;

/// <summary>Messages that wait for the client.</summary>
internal sealed record SessionQueueBody(
    int Messages,
    [property: Description("Of topics, properties and payloads.")] long Bytes,
    [property: Description("When the oldest was queued; absent when none waits, and for a session that ends with its connection.")] DateTimeOffset? OldestAt,
    [property: Description("True when there are more than were counted; absent otherwise.")] bool? CountedInPart);
