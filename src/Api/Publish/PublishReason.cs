using System.ComponentModel;
using System.Text.Json.Serialization;

namespace OrleansBroker.Api.Publish;

/// <summary>What became of a message: the reasons of a PUBACK, those for which a client would be closed, and what only a request can be told.</summary>
[Description("success: all receivers have it. no-matching-subscribers: nobody received it. unconfirmed: it may have been published. server-busy, server-unavailable: it was not, and may be tried again. All others: it was refused.")]
internal enum PublishReason
{
    [JsonStringEnumMemberName("success")]
    Success,

    [JsonStringEnumMemberName("no-matching-subscribers")]
    NoMatchingSubscribers,

    [JsonStringEnumMemberName("quota-exceeded")]
    QuotaExceeded,

    [JsonStringEnumMemberName("malformed-packet")]
    MalformedPacket,

    [JsonStringEnumMemberName("protocol-error")]
    ProtocolError,

    [JsonStringEnumMemberName("not-authorized")]
    NotAuthorized,

    [JsonStringEnumMemberName("topic-name-invalid")]
    TopicNameInvalid,

    [JsonStringEnumMemberName("packet-too-large")]
    PacketTooLarge,

    [JsonStringEnumMemberName("payload-format-invalid")]
    PayloadFormatInvalid,

    [JsonStringEnumMemberName("retain-not-supported")]
    RetainNotSupported,

    [JsonStringEnumMemberName("qos-not-supported")]
    QoSNotSupported,

    [JsonStringEnumMemberName("server-busy")]
    ServerBusy,

    [JsonStringEnumMemberName("server-unavailable")]
    ServerUnavailable,

    [JsonStringEnumMemberName("unconfirmed")]
    Unconfirmed,

    [JsonStringEnumMemberName("unspecified-error")]
    UnspecifiedError,
}
