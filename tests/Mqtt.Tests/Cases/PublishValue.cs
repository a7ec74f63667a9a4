using System.Text;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>A PUBLISH as a value: what a view shows, copied.</summary>
internal sealed record PublishValue
{
    public string Topic { get; init; } = "";

    public QoS QoS { get; init; }

    public bool Dup { get; init; }

    public bool Retain { get; init; }

    public ushort PacketIdentifier { get; init; }

    public ushort TopicAlias { get; init; }

    public uint? MessageExpiryInterval { get; init; }

    public uint[] SubscriptionIdentifiers { get; init; } = [];

    public MessageProperties Forwarded { get; init; } = new();

    public byte[] Payload { get; init; } = [];

    public static PublishValue Of(PublishPacket packet)
    {
        var forwarded = new byte[packet.Properties.ForwardedLength];
        packet.Properties.WriteForwarded(forwarded);
        Assert.Equal(default, MessageProperties.Decode(forwarded, out var properties));
        AssertAgree(properties!, packet.Properties);
        return new PublishValue
        {
            Topic = Encoding.UTF8.GetString(packet.Topic),
            QoS = packet.QoS,
            Dup = packet.Dup,
            Retain = packet.Retain,
            PacketIdentifier = packet.PacketIdentifier,
            TopicAlias = packet.Properties.TopicAlias,
            MessageExpiryInterval = packet.Properties.HasMessageExpiryInterval ? packet.Properties.MessageExpiryInterval : null,
            SubscriptionIdentifiers = packet.Properties.ReadSubscriptionIdentifiers(),
            Forwarded = properties!,
            Payload = packet.Payload.ToArray(),
        };
    }

    public byte[] Encode(ProtocolVersion version)
    {
        var topic = Encoding.UTF8.GetBytes(Topic);
        var forwarded = Forwarded.Encode();
        var length = PacketEncoder.PublishLength(
            version, QoS, topic.Length, forwarded.Length, MessageExpiryInterval.HasValue, SubscriptionIdentifiers, Payload.Length, TopicAlias);
        var bytes = new byte[length];
        var written = PacketEncoder.WritePublish(
            bytes,
            version,
            QoS,
            Dup,
            Retain,
            topic,
            PacketIdentifier,
            forwarded,
            MessageExpiryInterval.HasValue,
            MessageExpiryInterval ?? 0,
            SubscriptionIdentifiers,
            Payload,
            TopicAlias);
        Assert.Equal(length, written);
        return bytes;
    }

    // The same property read in two ways: from the whole packet and from what is forwarded.
    private static void AssertAgree(MessageProperties forwarded, PublishProperties view)
    {
        Assert.Equal(forwarded.PayloadIsUtf8, view.HasPayloadFormatIndicator ? view.PayloadFormatIndicator == 1 : null);
        Assert.Equal(forwarded.ContentType, view.HasContentType ? Encoding.UTF8.GetString(view.ContentType) : null);
        Assert.Equal(forwarded.ResponseTopic, view.HasResponseTopic ? Encoding.UTF8.GetString(view.ResponseTopic) : null);
        Assert.Equal(forwarded.CorrelationData, view.HasCorrelationData ? view.CorrelationData.ToArray() : null);
        Assert.Equal(forwarded.UserProperties, view.ReadUserProperties());
    }
}
