using System.ComponentModel;
using System.Text;
using OrleansBroker.Grains.Sessions;

namespace OrleansBroker.Api.Sessions;

/// <summary>The will of a session.</summary>
internal sealed record SessionWillBody(
    string Topic,
    int Qos,
    bool Retain,
    [property: Description("Will Delay Interval in seconds.")] long DelayInterval,
    [property: Description("Message Expiry Interval in seconds, from its publication; absent when it does not expire.")] long? MessageExpiryInterval,
    int PayloadBytes,
    [property: Description("The payload, only where asked for.")] string? Base64)
{
    public static SessionWillBody Of(WillRecord will, int payloadBytes, bool withPayload) => new(
        Encoding.UTF8.GetString(will.Body.AsSpan(..will.TopicLength)),
        will.QoS,
        will.Retain,
        will.DelaySeconds,
        will.ExpirySeconds,
        payloadBytes,
        withPayload ? Convert.ToBase64String(will.Body.AsSpan((will.TopicLength + will.PropertiesLength)..)) : null);
}
