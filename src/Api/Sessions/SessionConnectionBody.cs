using System.ComponentModel;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>The connection of a session; what its node did not say is absent.</summary>
internal sealed record SessionConnectionBody
{
    [Description("The node that has it.")]
    public string? Node { get; init; }

    [Description("Where it comes from: IP address and port.")]
    public string? Address { get; init; }

    [Description("Seconds, as it holds for this connection; 0 is off.")]
    public int? KeepAlive { get; init; }

    [Description("Clean Start of its CONNECT; Clean Session in MQTT 3.")]
    public bool? CleanStart { get; init; }

    [Description("When it was accepted.")]
    public DateTimeOffset? ConnectedAt { get; init; }

    public DateTimeOffset? LastPacketAt { get; init; }

    [Description("PUBLISH packets of the client on this connection.")]
    public long? MessagesReceived { get; init; }

    [Description("PUBLISH packets to the client on this connection.")]
    public long? MessagesSent { get; init; }

    public static SessionConnectionBody Of(SessionDetails details)
    {
        var item = details.Item;
        bool isKnown = item.Parts.HasFlag(SessionParts.Connection);
        bool isHeld = isKnown || item.Parts.HasFlag(SessionParts.Session);
        return new()
        {
            Node = item.Gateway?.ToParsableString(),
            Address = item.RemoteAddress,
            KeepAlive = isHeld ? item.KeepAliveSeconds : null,
            CleanStart = isHeld ? details.CleanStart : null,
            ConnectedAt = Times.IfAny(item.ConnectedAt),
            LastPacketAt = Times.IfAny(item.LastPacketAt),
            MessagesReceived = isKnown ? details.MessagesReceived : null,
            MessagesSent = isKnown ? details.MessagesSent : null,
        };
    }
}
