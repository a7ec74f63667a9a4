using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Nodes.Items;

/// <summary>
/// A publication between silos:
/// <code>
/// message = options:u8 topic-length:number properties-length:number publisher:text body:bytes
///           [identifier:number] [left:number] [incarnation:number sequence:number lowest:number] [returned-to:text]
/// options = QoS in bits 0 and 1, RETAIN 2, packet identifier 3, expires 4, origin 5, returned to a shared subscription 6
/// </code>
/// </summary>
internal static class WiredMessage
{
    private const byte QoSMask = 3;
    private const byte RetainFlag = 1 << 2;
    private const byte IdentifierFlag = 1 << 3;
    private const byte ExpiresFlag = 1 << 4;
    private const byte OriginFlag = 1 << 5;
    private const byte ReturnedFlag = 1 << 6;

    public static void Write(ItemBytes to, Publication message, long now)
    {
        var expires = message.ExpiresAtMilliseconds != Publication.NeverExpires;
        to.Byte((byte)((byte)message.QoS
            | (message.Retain ? RetainFlag : 0)
            | (message.PacketIdentifier != 0 ? IdentifierFlag : 0)
            | (expires ? ExpiresFlag : 0)
            | (message.Origin is not null ? OriginFlag : 0)
            | (message.ReturnedTo is not null ? ReturnedFlag : 0)));
        to.Number((ulong)message.TopicLength);
        to.Number((ulong)message.ForwardedProperties.Length);
        to.Text(message.PublisherClientId);
        to.Number((ulong)message.SizeBytes);
        to.Bytes(message.Topic);
        to.Bytes(message.ForwardedProperties);
        to.Bytes(message.Payload);
        if (message.PacketIdentifier != 0) to.Number(message.PacketIdentifier);
        if (expires) to.Number((ulong)Math.Max(0, message.ExpiresAtMilliseconds - now));
        if (message.Origin is { } origin)
        {
            to.Number((ulong)origin.Incarnation);
            to.Number((ulong)origin.Sequence);
            to.Number((ulong)origin.LowestOpen);
        }

        if (message.ReturnedTo is not { } shared) return;
        to.Number((ulong)shared.Utf8.Length);
        to.Bytes(shared.Utf8.Span);
    }

    /// <returns>Null for bytes that are no message.</returns>
    public static Publication? Read(ref ItemReader from, long token, long now)
    {
        var options = from.Byte();
        var topicLength = from.Number();
        var propertiesLength = from.Number();
        var publisher = from.Text();
        var body = from.Bytes();
        var identifier = (options & IdentifierFlag) != 0 ? from.Number() : 0;
        var left = (options & ExpiresFlag) != 0 ? from.Number() : 0;
        var origin = (options & OriginFlag) != 0 ? new MessageOrigin((long)from.Number(), (long)from.Number(), (long)from.Number()) : null;
        var returnedTo = (options & ReturnedFlag) != 0 ? ReadShared(ref from) : null;
        if (from.IsDamaged || ((options & ReturnedFlag) != 0 && returnedTo is null)) return null;
        if (topicLength is 0 or > ushort.MaxValue || topicLength + propertiesLength > (ulong)body.Length || (options & QoSMask) == QoSMask) return null;
        return new Publication(body.ToArray(), (int)topicLength, (int)propertiesLength, (QoS)(options & QoSMask), (options & RetainFlag) != 0, publisher)
        {
            ExpiresAtMilliseconds = (options & ExpiresFlag) != 0 ? now + (long)Math.Min(left, int.MaxValue * 1000UL * 2) : Publication.NeverExpires,
            PacketIdentifier = (ushort)identifier,
            Origin = origin,
            ReturnedTo = returnedTo,
            Token = token,
        };
    }

    /// <returns>Null for what is no shared subscription.</returns>
    private static TopicFilter? ReadShared(ref ItemReader from)
    {
        var text = from.Bytes();
        return text.Length <= TopicName.MaximumBytes && TopicFilter.TryParse(text, out var filter, out _) && filter!.IsShared ? filter : null;
    }
}
