using System.ComponentModel;
using System.Text;
using System.Text.Unicode;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>A message of a session's queue; the payload only where it is asked for.</summary>
internal sealed record QueuedMessageBody(
    [property: Description("Order in the session.")] long Sequence,
    [property: Description("Absent when only acknowledgements are left of the message.")] string? Topic,
    [property: Description("That it is delivered with.")] int Qos,
    bool Retain,
    int PayloadBytes,
    [property: Description("End of its Message Expiry Interval; absent when it does not expire.")] DateTimeOffset? ExpiresAt,
    [property: Description("When it was queued; absent when that is not known.")] DateTimeOffset? QueuedAt,
    [property: Description("Of one that is on its way to the client; absent while it waits.")] int? PacketIdentifier,
    [property: Description("The client that published it; absent when it was not a client.")] string? PublisherClientId,
    [property: Description("The payload, where text was asked for and it is UTF-8.")] string? Text,
    [property: Description("The payload otherwise.")] string? Base64)
{
    public static QueuedMessageBody Of(QueuedMessage message, ShownPayload shown)
    {
        bool asText = shown == ShownPayload.Text && message.Payload is { } bytes && Utf8.IsValid(bytes);
        return new(
            message.Sequence,
            message.Topic,
            message.QoS,
            message.Retain,
            message.PayloadBytes,
            Times.Of(message.ExpiresAt),
            Times.Of(message.QueuedAt),
            message.PacketIdentifier == 0 ? null : message.PacketIdentifier,
            string.IsNullOrEmpty(message.Publisher) ? null : message.Publisher,
            asText ? Encoding.UTF8.GetString(message.Payload!) : null,
            !asText && message.Payload is { } payload ? Convert.ToBase64String(payload) : null);
    }
}
