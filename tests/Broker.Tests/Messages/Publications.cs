using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Messages;

internal static class Publications
{
    /// <summary>A message whose bytes are lent, as a connection's are; what follows them is not the message's.</summary>
    public static Publication Of(
        string text,
        QoS qos = QoS.AtLeastOnce,
        string topic = "t",
        bool retain = false,
        string publisherClientId = "publisher",
        ushort packetIdentifier = 0,
        long expiresAt = Publication.NeverExpires)
    {
        var size = Encoding.UTF8.GetByteCount(topic + text);
        return new Publication([.. Encoding.UTF8.GetBytes(topic + text), .. "older"u8], size, Encoding.UTF8.GetByteCount(topic), 0, qos, retain, publisherClientId)
        {
            PacketIdentifier = packetIdentifier,
            ExpiresAtMilliseconds = expiresAt,
            IsLent = true,
        };
    }

    public static RetainedMessage Retained(
        string text, QoS qos = QoS.AtLeastOnce, string publisherClientId = "publisher", long expiresAt = Publication.NeverExpires) =>
        new(Of(text, qos, retain: true, publisherClientId: publisherClientId, expiresAt: expiresAt));

    public static string Text(this Publication publication) => Encoding.UTF8.GetString(publication.Payload);
}
