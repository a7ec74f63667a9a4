using System.ComponentModel;
using System.Text;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>The will of a session.</summary>
internal sealed record SessionWillBody
{
    public required string Topic { get; init; }

    public required int Qos { get; init; }

    public required bool Retain { get; init; }

    [Description("Will Delay Interval in seconds.")]
    public required long DelayInterval { get; init; }

    [Description("Message Expiry Interval in seconds, from its publication; absent when it does not expire.")]
    public long? MessageExpiryInterval { get; init; }

    public required int PayloadBytes { get; init; }

    [Description("The payload, only where asked for.")]
    public string? Base64 { get; init; }

    public static SessionWillBody Of(WillRecord will, int payloadBytes, bool withPayload) => new()
    {
        Topic = Encoding.UTF8.GetString(will.Body.AsSpan(..will.TopicLength)),
        Qos = will.QoS,
        Retain = will.Retain,
        DelayInterval = will.DelaySeconds,
        MessageExpiryInterval = will.ExpirySeconds,
        PayloadBytes = payloadBytes,
        Base64 = withPayload ? Convert.ToBase64String(will.Body.AsSpan((will.TopicLength + will.PropertiesLength)..)) : null,
    };
}
