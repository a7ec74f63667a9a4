using System.Text;
using System.Text.Unicode;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Topics;

/// <summary>The rules of a client's PUBLISH for messages that come another way: what a client would be told, or closed with, is the answer here.</summary>
internal sealed class MessageRules(LimitsOptions limits, BrokerCounters counters)
{
    public int MaximumPacketBytes => limits.MaxPacketSize;

    /// <summary>Checks the message and encodes it.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public MessageAnswer? Check(MessageDraft draft, out ComposedMessage message)
    {
        var topic = Encoding.UTF8.GetBytes(draft.Topic);
        var properties = Array.Empty<byte>();
        message = default;
        var refusal = CheckTopic(topic) ?? CheckOptions(draft) ?? Encode(draft.Properties, out properties) ?? CheckSize(draft, topic, properties) ?? CheckPayload(draft);
        if (refusal is not null) return refusal;
        message = new ComposedMessage([.. topic, .. properties, .. draft.Payload.Span], topic.Length, properties.Length, draft.QoS, draft.Retain, draft.ExpirySeconds);
        return null;
    }

    private MessageAnswer? CheckTopic(byte[] topic)
    {
        if (topic.Length > limits.MaxTopicBytes) return Refuse(ReasonCode.TopicNameInvalid, $"The topic name is longer than {limits.MaxTopicBytes} bytes");
        var violation = TopicName.Validate(topic);
        if (violation != SpecViolation.None) return Refuse(ReasonCode.TopicNameInvalid, SpecViolations.TextOf(violation));
        if (topic.AsSpan().Count((byte)'/') >= limits.MaxTopicLevels) return Refuse(ReasonCode.TopicNameInvalid, $"The topic name has more than {limits.MaxTopicLevels} levels");
        if (!SysTopic.IsIn(topic)) return null;
        counters.Drop(DropReason.NotAuthorized);
        return Refuse(ReasonCode.NotAuthorized, "Below $SYS only the broker publishes");
    }

    private MessageAnswer? CheckOptions(MessageDraft draft)
    {
        if (draft.QoS > (QoS)limits.MaxQoS) return Refuse(ReasonCode.QoSNotSupported, $"The highest QoS of this broker is {limits.MaxQoS}");
        if (draft.Retain && limits is not { RetainAvailable: true, MaxRetainedMessages: > 0 }) return Refuse(ReasonCode.RetainNotSupported, "This broker retains no messages");
        return draft.Properties.UserProperties.Count > limits.MaxUserProperties
            ? Refuse(ReasonCode.QuotaExceeded, $"A message has at most {limits.MaxUserProperties} user properties")
            : null;
    }

    private static MessageAnswer? Encode(MessageProperties properties, out byte[] encoded)
    {
        encoded = [];
        if (TextsOf(properties).Any(static text => text is not null && Encoding.UTF8.GetByteCount(text) > ushort.MaxValue) || properties.CorrelationData is { Length: > ushort.MaxValue })
            return Refuse(ReasonCode.MalformedPacket, "A property is longer than 65,535 bytes");
        encoded = properties.Encode();
        var violation = MessageProperties.Decode(encoded, out _);
        return violation == SpecViolation.None ? null : Refuse(SpecViolations.ReasonCodeOf(violation), SpecViolations.TextOf(violation));
    }

    private MessageAnswer? CheckSize(MessageDraft draft, byte[] topic, byte[] properties)
    {
        var length = PacketEncoder.PublishLength(
            ProtocolVersion.Mqtt5, draft.QoS, topic.Length, properties.Length, draft.ExpirySeconds is not null, [], draft.Payload.Length);
        return length > limits.MaxPacketSize ? Refuse(ReasonCode.PacketTooLarge, $"The message makes a packet of more than {limits.MaxPacketSize} bytes") : null;
    }

    private MessageAnswer? CheckPayload(MessageDraft draft)
    {
        if (draft.Properties.PayloadIsUtf8 != true || !limits.ValidatePayloadFormat || Utf8.IsValid(draft.Payload.Span)) return null;
        counters.Drop(DropReason.PayloadFormatInvalid);
        return Refuse(ReasonCode.PayloadFormatInvalid, "The payload is not UTF-8");
    }

    private static IEnumerable<string?> TextsOf(MessageProperties properties) =>
        [properties.ContentType, properties.ResponseTopic, .. properties.UserProperties.SelectMany(static property => new[] { property.Name, property.Value })];

    private static MessageAnswer Refuse(ReasonCode reason, string detail) => new(MessageState.Refused, reason, Detail: detail);
}
