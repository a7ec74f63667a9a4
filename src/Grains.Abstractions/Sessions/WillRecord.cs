using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Sessions;

/// <summary>A will between gateway and session.</summary>
[GenerateSerializer, Immutable, Alias("broker.Will")]
public sealed record WillRecord(
    [property: Id(0)] byte[] Body,
    [property: Id(1)] int TopicLength,
    [property: Id(2)] int PropertiesLength,
    [property: Id(3)] byte QoS,
    [property: Id(4)] bool Retain,
    [property: Id(5)] uint DelaySeconds,
    [property: Id(6)] uint? ExpirySeconds)
{
    public static WillRecord From(WillMessage will) =>
        new(will.Body, will.TopicLength, will.PropertiesLength, (byte)will.QoS, will.Retain, will.DelaySeconds, will.ExpirySeconds);

    public WillMessage ToWill() => new(Body, TopicLength, PropertiesLength, (QoS)QoS, Retain, DelaySeconds, ExpirySeconds);
}
