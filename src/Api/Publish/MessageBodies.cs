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
        if (body?.Topic is null)
            return Refuse("The message has no topic");
        if (FaultOf(body) is { } fault)
            return Refuse(fault);
        if (!TryReadBase64(body.Base64, out byte[]? payload))
            return Refuse("base64 is no base64");
        if (!TryReadBase64(body.CorrelationData, out byte[]? correlation))
            return Refuse("correlationData is no base64");
        draft = new MessageDraft
        {
            Topic = body.Topic,
            Payload = payload ?? Encoding.UTF8.GetBytes(body.Text ?? ""),
            QoS = (QoS)(body.Qos ?? AbsentQoS),
            Retain = body.Retain ?? false,
            ExpirySeconds = (uint?)body.MessageExpiryInterval,
            Properties = PropertiesOf(body, correlation),
        };
        return null;
    }

    private static string? FaultOf(MessageBody body) => body switch
    {
        { Text: not null, Base64: not null } => "The message has both text and base64",
        { Qos: < 0 or > 2 } => "qos is 0, 1 or 2",
        { MessageExpiryInterval: < 0 or > uint.MaxValue } => "messageExpiryInterval is 0 to 4294967295 seconds",
        { PayloadFormatIndicator: < 0 or > 1 } => "payloadFormatIndicator is 0 or 1",
        { UserProperties: { } properties } when properties.Contains(null!) => "A user property is null",
        _ => null,
    };

    private static MessageProperties PropertiesOf(MessageBody body, byte[]? correlation) => new()
    {
        PayloadIsUtf8 = body.PayloadFormatIndicator is { } indicator ? indicator == 1 : null,
        ContentType = body.ContentType,
        ResponseTopic = body.ResponseTopic,
        CorrelationData = correlation,
        UserProperties = [.. (body.UserProperties ?? []).Select(static property => new UserProperty(property.Name, property.Value))],
    };

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
