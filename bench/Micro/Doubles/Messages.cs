using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Doubles;

/// <summary>Publications of 100 bytes.</summary>
internal static class Messages
{
    private const int PayloadBytes = 100;

    public static Publication Of(byte[] topic) => Of(topic, QoS.AtMostOnce);

    public static Publication Of(byte[] topic, QoS qos, bool retain = false)
    {
        byte[] body = [.. topic, .. new byte[PayloadBytes]];
        return new Publication(body, topic.Length, 0, qos, retain, "publisher");
    }
}
