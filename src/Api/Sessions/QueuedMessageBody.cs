using System.ComponentModel;
using OrleansBroker.Api.Frame;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>A message of a session's queue; the payload only where it is asked for.</summary>
internal sealed record QueuedMessageBody
{
    [Description("Order in the session.")]
    public required long Sequence { get; init; }

    [Description("Absent when only acknowledgements are left of the message.")]
    public string? Topic { get; init; }

    [Description("That it is delivered with.")]
    public required int Qos { get; init; }

    public required bool Retain { get; init; }

    public required int PayloadBytes { get; init; }

    [Description("End of its Message Expiry Interval; absent when it does not expire.")]
    public DateTimeOffset? ExpiresAt { get; init; }

    [Description("When it was queued; absent when that is not known.")]
    public DateTimeOffset? QueuedAt { get; init; }

    [Description("Of one that is on its way to the client; absent while it waits.")]
    public int? PacketIdentifier { get; init; }

    [Description("The client that published it; absent when it was not a client.")]
    public string? PublisherClientId { get; init; }

    [Description("The payload, where text was asked for and it is UTF-8.")]
    public string? Text { get; init; }

    [Description("The payload otherwise.")]
    public string? Base64 { get; init; }

    public static QueuedMessageBody Of(QueuedMessage message, ShownPayload shown)
    {
        var payload = PayloadText.Of(message.Payload, shown);
        return new()
        {
            Sequence = message.Sequence,
            Topic = message.Topic,
            Qos = message.QoS,
            Retain = message.Retain,
            PayloadBytes = message.PayloadBytes,
            ExpiresAt = Times.IfAny(message.ExpiresAt),
            QueuedAt = Times.IfAny(message.QueuedAt),
            PacketIdentifier = message.PacketIdentifier == 0 ? null : message.PacketIdentifier,
            PublisherClientId = string.IsNullOrEmpty(message.Publisher) ? null : message.Publisher,
            Text = payload.Text,
            Base64 = payload.Base64,
        };
    }
}
