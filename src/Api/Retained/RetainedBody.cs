using System.ComponentModel;
using System.Text;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Publish;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Retained;

/// <summary>A retained message; payload and properties only where they are asked for.</summary>
internal sealed record RetainedBody
{
    public required string Topic { get; init; }

    [Description("As it was published.")]
    public required int Qos { get; init; }

    public required int PayloadBytes { get; init; }

    [Description("Absent when it does not expire.")]
    public DateTimeOffset? ExpiresAt { get; init; }

    [Description("The client that published it; absent when it was not a client.")]
    public string? PublisherClientId { get; init; }

    [Description("The payload, where text was asked for and it is UTF-8.")]
    public string? Text { get; init; }

    [Description("The payload otherwise.")]
    public string? Base64 { get; init; }

    [Description("0: bytes. 1: UTF-8.")]
    public int? PayloadFormatIndicator { get; init; }

    public string? ContentType { get; init; }

    public string? ResponseTopic { get; init; }

    [Description("In base64.")]
    public string? CorrelationData { get; init; }

    public IReadOnlyList<UserPropertyBody>? UserProperties { get; init; }

    public static RetainedBody Of(RetainedRecord record, ShownPayload shown)
    {
        var properties = Properties(record);
        var payload = PayloadText.Of(record.Payload, shown);
        return new RetainedBody
        {
            Topic = Encoding.UTF8.GetString(record.Topic),
            Qos = record.QoS,
            PayloadBytes = record.PayloadBytes,
            ExpiresAt = record.ExpiresAtUtcMilliseconds == long.MaxValue ? null : Times.Of(record.ExpiresAtUtcMilliseconds),
            PublisherClientId = record.Publisher.Length == 0 ? null : record.Publisher,
            Text = payload.Text,
            Base64 = payload.Base64,
            PayloadFormatIndicator = properties.PayloadIsUtf8 is { } isUtf8 ? isUtf8 ? 1 : 0 : null,
            ContentType = properties.ContentType,
            ResponseTopic = properties.ResponseTopic,
            CorrelationData = properties.CorrelationData is { } data ? Convert.ToBase64String(data) : null,
            UserProperties = properties.UserProperties.Count == 0 ? null : [.. properties.UserProperties.Select(static each => new UserPropertyBody(each.Name, each.Value))],
        };
    }

    // They were checked when they came.
    private static MessageProperties Properties(RetainedRecord record) =>
        record.Properties is { } encoded && MessageProperties.Decode(encoded, out var properties) == SpecViolation.None ? properties! : new MessageProperties();
}
