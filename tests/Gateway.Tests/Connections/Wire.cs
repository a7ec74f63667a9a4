using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>Bytes of packets, both ways.</summary>
internal static class Wire
{
    public static readonly byte[] PingReq = PacketEncoder.PingReq.ToArray();

    public static readonly byte[] PingResp = PacketEncoder.PingResp.ToArray();

    public static byte[] Publish(
        ProtocolVersion version, string topic, QoS qos = QoS.AtMostOnce, ushort id = 1, string payload = "payload", bool retain = false,
        ushort alias = 0, uint? expiry = null, byte[]? properties = null, bool dup = false)
    {
        var topicBytes = Encoding.UTF8.GetBytes(topic);
        var payloadBytes = Encoding.UTF8.GetBytes(payload);
        properties ??= [];
        var packet = new byte[PacketEncoder.PublishLength(version, qos, topicBytes.Length, properties.Length, expiry is not null, [], payloadBytes.Length, alias)];
        PacketEncoder.WritePublish(packet, version, qos, dup, retain, topicBytes, id, properties, expiry is not null, expiry ?? 0, [], payloadBytes, alias);
        return packet;
    }

    public static byte[] Ack(ProtocolVersion version, PacketType type, ushort id, ReasonCode reason = ReasonCode.Success)
    {
        var packet = new byte[PacketEncoder.AckLength(version, reason)];
        PacketEncoder.WriteAck(packet, version, type, id, reason);
        return packet;
    }

    public static byte[] Body(byte[] packet)
    {
        Assert.Equal(DecodeStatus.Done, FrameReader.TryRead(packet, ProtocolVersion.Mqtt5, int.MaxValue, out var header, out _));
        return packet[header.HeaderLength..];
    }

    public static PacketType TypeOf(byte[] packet) => (PacketType)(packet[0] >> 4);

    public static SubscribePacket Subscribe(ushort id, params string[] filters) => new()
    {
        PacketIdentifier = id,
        Requests = [.. filters.Select(filter => new SubscriptionRequest(filter, QoS.ExactlyOnce))],
    };

    public static Publication Message(string topic, string payload, QoS qos = QoS.AtMostOnce, byte[]? properties = null, long expiresAt = Publication.NeverExpires)
    {
        properties ??= [];
        byte[] body = [.. Encoding.UTF8.GetBytes(topic), .. properties, .. Encoding.UTF8.GetBytes(payload)];
        return new Publication(body, Encoding.UTF8.GetByteCount(topic), properties.Length, qos, retain: false, "publisher") { ExpiresAtMilliseconds = expiresAt };
    }

    public static OutboundPublish Outbound(Publication message, ushort id = 0, uint[]? identifiers = null, long now = 0, bool dup = false, bool retain = false) =>
        new(message, id, message.QoS, dup, retain, identifiers, now);
}
