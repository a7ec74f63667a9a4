using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Publish;

internal static class PublishReasons
{
    public static PublishResult ToResult(MessageAnswer answer) => new(
        answer.State == MessageState.Unconfirmed ? PublishReason.Unconfirmed : Of(answer.Reason),
        answer.State == MessageState.Done ? answer.Matched : null,
        answer.Detail is { } detail ? $"{detail}." : null);

    private static PublishReason Of(ReasonCode reason) => reason switch
    {
        ReasonCode.Success => PublishReason.Success,
        ReasonCode.NoMatchingSubscribers => PublishReason.NoMatchingSubscribers,
        ReasonCode.QuotaExceeded => PublishReason.QuotaExceeded,
        ReasonCode.MalformedPacket => PublishReason.MalformedPacket,
        ReasonCode.ProtocolError => PublishReason.ProtocolError,
        ReasonCode.NotAuthorized => PublishReason.NotAuthorized,
        ReasonCode.TopicNameInvalid => PublishReason.TopicNameInvalid,
        ReasonCode.PacketTooLarge => PublishReason.PacketTooLarge,
        ReasonCode.PayloadFormatInvalid => PublishReason.PayloadFormatInvalid,
        ReasonCode.RetainNotSupported => PublishReason.RetainNotSupported,
        ReasonCode.QoSNotSupported => PublishReason.QoSNotSupported,
        ReasonCode.ServerBusy => PublishReason.ServerBusy,
        ReasonCode.ServerUnavailable => PublishReason.ServerUnavailable,
        _ => PublishReason.UnspecifiedError,
    };
}
