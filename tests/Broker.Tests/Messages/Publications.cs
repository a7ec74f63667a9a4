using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Messages;

internal static class Publications
{
    public static Publication Of(
        string text,
        QoS qos = QoS.AtLeastOnce,
        string topic = "t",
        bool retain = false,
        string publisherClientId = "publisher",
        ushort packetIdentifier = 0,
        long expiresAt = Publication.NeverExpires) =>
        new(Encoding.UTF8.GetBytes(topic + text), Encoding.UTF8.GetByteCount(topic), 0, qos, retain, publisherClientId)
        {
            PacketIdentifier = packetIdentifier,
            ExpiresAtMilliseconds = expiresAt,
        };

    public static RetainedMessage Retained(
        string text, QoS qos = QoS.AtLeastOnce, string publisherClientId = "publisher", long expiresAt = Publication.NeverExpires) =>
        new(Of(text, qos, retain: true, publisherClientId: publisherClientId, expiresAt: expiresAt));

    public static string Text(this Publication publication) => Encoding.UTF8.GetString(publication.Payload);
}
