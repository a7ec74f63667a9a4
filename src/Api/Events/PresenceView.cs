using System.ComponentModel;
using System.Globalization;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Sessions;
using OrleansBroker.Grains.Presence;

namespace OrleansBroker.Api.Events;

/// <summary>The data of an event, one line of JSON.</summary>
[Description("The `data` of a server-sent event.")]
internal sealed record PresenceView(
    [property: Description("connected, disconnected, takenOver, expired, ended; or gap.")] string Type,
    string? ClientId = null,
    [property: Description("Identity of the session among all that its client id ever had, a whole number of 64 bits.")] string? Incarnation = null,
    [property: Description("Events of one session are in the order of its epochs.")] long? Epoch = null,
    [property: Description("The node of the connection; of a gap the node whose events are missing.")] string? Node = null,
    DateTimeOffset? Time = null,
    [property: Description("MQTT version of the connection: 3.1, 3.1.1 or 5.0.")] string? ProtocolVersion = null,
    string? Username = null,
    [property: Description("Seconds; absent where there is none.")] int? KeepAlive = null,
    [property: Description("Why the connection ended, as a reason code of DISCONNECT.")] string? Reason = null,
    int? ReasonCode = null,
    [property: Description("Of a gap: how many events are missing; absent when that is not known, as the node is gone.")] long? Lost = null)
{
    public const string Gap = "gap";

    /// <summary>The kinds that a feed may be asked for.</summary>
    public static readonly IReadOnlyList<(string Name, PresenceKinds Kind)> Kinds =
    [
        ("connected", PresenceKinds.Connected),
        ("disconnected", PresenceKinds.Disconnected),
        ("takenOver", PresenceKinds.TakenOver),
        ("expired", PresenceKinds.Expired),
        ("ended", PresenceKinds.Ended),
    ];

    public static PresenceView Of(FeedEntry entry) =>
        entry.Event is { } happened ? Of(happened) : new(Gap, Node: entry.Gap!.Node.ToParsableString(), Lost: entry.Gap.Lost);

    private static PresenceView Of(in PresenceEvent happened)
    {
        var kind = happened.Kind;
        bool isEnd = kind is PresenceKinds.Disconnected or PresenceKinds.TakenOver;
        return new(
            Kinds.First(each => each.Kind == kind).Name,
            happened.ClientId,
            happened.Incarnation.ToString(CultureInfo.InvariantCulture),
            happened.Epoch,
            happened.Gateway?.ToParsableString(),
            Times.Of(happened.At),
            ProtocolVersions.NameOf(happened.Version),
            happened.UserName,
            happened.KeepAliveSeconds == 0 ? null : happened.KeepAliveSeconds,
            isEnd ? ReasonNames.Of(happened.Reason) : null,
            isEnd ? (int)happened.Reason : null);
    }
}
