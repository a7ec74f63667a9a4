using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansBroker.Api.Publish;

/// <summary>A message as it is asked for.</summary>
[Description("A message. Payload: text or base64, or neither for an empty one.")]
internal record MessageBody
{
    [Description("A topic name.")]
    public string? Topic { get; init; }

    [Description("The payload, sent as UTF-8.")]
    public string? Text { get; init; }

    [Description("The payload in base64."), Base64String]
    public string? Base64 { get; init; }

    [Description("0, 1 (when absent) or 2."), Range(0, 2)]
    public int? Qos { get; init; }

    [Description("Kept for later subscribers; an empty payload clears what is kept.")]
    public bool? Retain { get; init; }

    [Description("Seconds."), Range(0d, uint.MaxValue)]
    public long? MessageExpiryInterval { get; init; }

    [Description("0: bytes. 1: UTF-8."), Range(0, 1)]
    public int? PayloadFormatIndicator { get; init; }

    public string? ContentType { get; init; }

    [Description("A topic name.")]
    public string? ResponseTopic { get; init; }

    [Description("In base64."), Base64String]
    public string? CorrelationData { get; init; }

    [Description("Kept in this order.")]
    public IReadOnlyList<UserPropertyBody>? UserProperties { get; init; }
}
