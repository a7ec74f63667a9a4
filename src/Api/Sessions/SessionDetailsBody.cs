using System.ComponentModel;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>One session.</summary>
internal sealed record SessionDetailsBody
{
    public required string ClientId { get; init; }

    public required bool Connected { get; init; }

    [Description("Who connected last; absent when it was anonymous.")]
    public string? Username { get; init; }

    [Description("MQTT version of the last CONNECT: 3.1, 3.1.1 or 5.0.")]
    public string? ProtocolVersion { get; init; }

    [Description("Raised by every CONNECT: of two answers the one with the higher epoch is newer.")]
    public required long Epoch { get; init; }

    [Description("When the session was made.")]
    public required DateTimeOffset CreatedAt { get; init; }

    [Description("Session Expiry Interval in seconds; 0 ends the session with its connection, 4294967295 never ends it.")]
    public required long SessionExpiryInterval { get; init; }

    [Description("When the last connection ended; absent while there is one, and where it is not known.")]
    public DateTimeOffset? DisconnectedAt { get; init; }

    [Description("When the session ends unless a client connects; absent while one is connected, and when it never ends.")]
    public DateTimeOffset? ExpiresAt { get; init; }

    [Description("The node that has the session in memory; absent when it is in the store alone.")]
    public string? Node { get; init; }

    [Description("Absent when no client is connected.")]
    public SessionConnectionBody? Connection { get; init; }

    [Description("Absent when there is none.")]
    public SessionWillBody? Will { get; init; }

    public required SessionInflightBody Inflight { get; init; }

    public required SessionQueueBody Queue { get; init; }

    public required int Subscriptions { get; init; }

    [Description("Messages of this session that were dropped, by reason (docs/rest/sessions.md); reasons without any are absent.")]
    public required IReadOnlyDictionary<string, long> Drops { get; init; }

    [Description("Nodes that did not answer in their time: what only they know of the session is missing. Absent when all answered.")]
    public IReadOnlyList<string>? Partial { get; init; }

    public static SessionDetailsBody Of(SessionDetails details, IReadOnlyList<string> partial, bool withWillPayload)
    {
        var item = details.Item;
        return new()
        {
            ClientId = item.ClientId,
            Connected = item.IsConnected,
            Username = item.UserName,
            ProtocolVersion = ProtocolVersions.NameOf(item.Version),
            Epoch = item.Epoch,
            CreatedAt = Times.Of(item.CreatedAt),
            SessionExpiryInterval = item.ExpiryIntervalSeconds,
            DisconnectedAt = Times.IfAny(item.DisconnectedAt),
            ExpiresAt = Times.IfAny(item.ExpiresAt ?? 0),
            Node = details.Core?.ToParsableString(),
            Connection = item.IsConnected ? SessionConnectionBody.Of(details) : null,
            Will = details.Will is { } will ? SessionWillBody.Of(will, details.WillPayloadBytes, withWillPayload) : null,
            Inflight = new(item.InflightOut, item.InflightIn, details.ReceiveMaximum == 0 ? null : details.ReceiveMaximum),
            Queue = new(item.Queued, item.QueuedBytes, Times.IfAny(details.OldestQueuedAt), item.HasMore ? true : null),
            Subscriptions = item.Subscriptions,
            Drops = new SortedDictionary<string, long>(details.Drops.ToDictionary(static drop => drop.Reason, static drop => drop.Count), StringComparer.Ordinal),
            Partial = partial.Count == 0 ? null : partial,
        };
    }
}
