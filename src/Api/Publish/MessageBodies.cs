using System.Text;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Publish;

/// <summary>Messages out of JSON. What JSON allows and a PUBLISH cannot say is refused here; what is wrong with the PUBLISH, by the broker.</summary>
internal static class MessageBodies
{
    // At least once: only then an answer means something.
    private const int AbsentQoS = 1;

    /// <returns>Null, or what is wrong with the message.</returns>
    public static MessageAnswer? Read(MessageBody? body, out MessageDraft draft)
    {
        draft = new MessageDraft { Topic = "" };
        if (body?.Topic is not { } topic)
            return Refuse("The message has no topic");
        if (body.Text is not null && body.Base64 is not null)
            return Refuse("The message has both text and base64");
        if (body.Qos is < 0 or > 2)
            return Refuse("qos is 0, 1 or 2");
        if (body.MessageExpiryInterval is < 0 or > uint.MaxValue)
            return Refuse("messageExpiryInterval is 0 to 4294967295 seconds");
        if (body.PayloadFormatIndicator is < 0 or > 1)
            return Refuse("payloadFormatIndicator is 0 or 1");
        if (body.UserProperties?.Contains(null!) == true)
            return Refuse("A user property is null");
        if (!TryReadBase64(body.Base64, out byte[]? payload))
            return Refuse("base64 is no base64");
        if (!TryReadBase64(body.CorrelationData, out byte[]? correlation))
            return Refuse("correlationData is no base64");
        draft = new MessageDraft
        {
            Topic = topic,
            Payload = payload ?? Encoding.UTF8.GetBytes(body.Text ?? ""),
            QoS = (QoS)(body.Qos ?? AbsentQoS),
            Retain = body.Retain ?? false,
            ExpirySeconds = (uint?)body.MessageExpiryInterval,
            Properties = new MessageProperties
            {
                PayloadIsUtf8 = body.PayloadFormatIndicator is { } indicator ? indicator == 1 : null,
                ContentType = body.ContentType,
                ResponseTopic = body.ResponseTopic,
                CorrelationData = correlation,
                UserProperties = [.. (body.UserProperties ?? []).Select(static property => new UserProperty(property.Name, property.Value))],
            },
        };
        return null;
    }

    private static bool TryReadBase64(string? text, out byte[]? bytes)
    {
        bytes = null;
        if (text is null)
            return true;
        byte[] buffer = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, buffer, out int length))
            return false;
        bytes = buffer[..length];
        return true;
    }

    private static MessageAnswer Refuse(string detail) => new(MessageState.Refused, ReasonCode.MalformedPacket, Detail: detail);
}
