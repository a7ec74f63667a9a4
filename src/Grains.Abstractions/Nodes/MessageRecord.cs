using System.Runtime.InteropServices;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Grains.Nodes;

/// <summary>A publication between silos; its expiry crosses as the time that is left (invariant B16).</summary>
[GenerateSerializer, Immutable, Alias("broker.Message")]
public sealed record MessageRecord(
    [property: Id(0)] byte[] Body,
    [property: Id(1)] int TopicLength,
    [property: Id(2)] int PropertiesLength,
    [property: Id(3)] byte QoS,
    [property: Id(4)] bool Retain,
    [property: Id(5)] string Publisher,
    [property: Id(6)] long ExpiresInMilliseconds,
    [property: Id(7)] ushort PacketIdentifier,
    [property: Id(8)] OriginRecord? Origin = null)
{
    public static MessageRecord From(Publication publication, long nowMilliseconds) => new(
        ImmutableCollectionsMarshal.AsArray(publication.Body)!,
        publication.TopicLength,
        publication.PropertiesLength,
        (byte)publication.QoS,
        publication.Retain,
        publication.PublisherClientId,
        publication.ExpiresAtMilliseconds == Publication.NeverExpires ? long.MaxValue : publication.ExpiresAtMilliseconds - nowMilliseconds,
        publication.PacketIdentifier,
        publication.Origin is { } origin ? new OriginRecord(origin.Incarnation, origin.Sequence, origin.LowestOpen) : null);

    public Publication ToPublication(long nowMilliseconds, long token = 0) =>
        new(Body, TopicLength, PropertiesLength, (QoS)QoS, Retain, Publisher)
        {
            ExpiresAtMilliseconds = ExpiresInMilliseconds == long.MaxValue ? Publication.NeverExpires : nowMilliseconds + ExpiresInMilliseconds,
            PacketIdentifier = PacketIdentifier,
            Origin = Origin is { } origin ? new MessageOrigin(origin.Incarnation, origin.Sequence, origin.LowestOpen) : null,
            Token = token,
        };
}
