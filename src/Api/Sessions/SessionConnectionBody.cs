using System.ComponentModel;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>The connection of a session; what its node did not say is absent.</summary>
internal sealed record SessionConnectionBody(
    [property: Description("The node that has it.")] string? Node,
    [property: Description("Where it comes from: IP address and port.")] string? Address,
    [property: Description("Seconds, as it holds for this connection; 0 is off.")] int? KeepAlive,
    [property: Description("Clean Start of its CONNECT; Clean Session in MQTT 3.")] bool? CleanStart,
    DateTimeOffset? ConnectedAt,
    DateTimeOffset? LastPacketAt,
    [property: Description("PUBLISH packets of the client on this connection.")] long? MessagesReceived,
    [property: Description("PUBLISH packets to the client on this connection.")] long? MessagesSent)
{
    public static SessionConnectionBody Of(SessionDetails details)
    {
        var item = details.Item;
        bool isKnown = item.Parts.HasFlag(SessionParts.Connection);
        bool isHeld = isKnown || item.Parts.HasFlag(SessionParts.Session);
        return new(
            item.Gateway?.ToParsableString(),
            item.RemoteAddress,
            isHeld ? item.KeepAliveSeconds : null,
            isHeld ? details.CleanStart : null,
            Times.Of(item.ConnectedAt),
            Times.Of(item.LastPacketAt),
            isKnown ? details.MessagesReceived : null,
            isKnown ? details.MessagesSent : null);
    }
}
