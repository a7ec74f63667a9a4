namespace OrleansBroker.Grains.Sessions;

/// <summary>Which sessions are wanted: those that meet every criterion that is given; and what is wanted of each. Times are UTC milliseconds.</summary>
[GenerateSerializer, Immutable, Alias("broker.SessionQuery")]
public sealed record SessionQuery
{
    /// <summary>Whether a client is connected to it.</summary>
    [Id(0)] public bool? Connected { get; init; }

    /// <summary>What the client id begins with; well-formed.</summary>
    [Id(1)] public string ClientIdPrefix { get; init; } = string.Empty;

    [Id(2)] public string? UserName { get; init; }

    /// <summary>The gateway of its connection, as <see cref="SessionItem.Gateway"/> says it.</summary>
    [Id(3)] public string? Node { get; init; }

    /// <summary>The protocol level of its last CONNECT: 3, 4 or 5.</summary>
    [Id(4)] public byte? Version { get; init; }

    /// <summary>A valid topic filter that it is subscribed to, letter for letter.</summary>
    [Id(5)] public string? SubscribedTo { get; init; }

    /// <summary>A valid topic name that one of its subscriptions matches; one that is shared, too.</summary>
    [Id(6)] public string? Matching { get; init; }

    /// <summary>So many messages wait for its client, at least.</summary>
    [Id(7)] public int? QueuedMin { get; init; }

    /// <summary>So many messages are on their way to its client and not acknowledged, at least.</summary>
    [Id(8)] public int? InflightMin { get; init; }

    /// <summary>Its client was heard of before.</summary>
    [Id(9)] public long? LastSeenBefore { get; init; }

    /// <summary>Its client was heard of then, or later.</summary>
    [Id(10)] public long? LastSeenAfter { get; init; }

    /// <summary>It has no connection, and ends before unless it gets one.</summary>
    [Id(11)] public long? ExpiresBefore { get; init; }

    /// <summary>The IP address that its connection comes from.</summary>
    [Id(12)] public string? Ip { get; init; }

    /// <summary>Queues are counted, also those that are in the store alone, which costs a look at each message.</summary>
    [Id(13)] public bool WithQueue { get; init; }

    /// <summary>Subscriptions are counted, also those that are in the store alone.</summary>
    [Id(14)] public bool WithSubscriptions { get; init; }

    /// <summary>Only a session with a connection can meet the criteria.</summary>
    public bool NeedsConnection => Connected == true || Node is not null || Ip is not null || InflightMin > 0;
}
