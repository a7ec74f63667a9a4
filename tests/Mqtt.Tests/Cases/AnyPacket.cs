using System.Buffers;
using System.Text.Json;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Mqtt.Tests.Cases;

/// <summary>Decodes and encodes packets of any type as values that can be compared.</summary>
internal static class AnyPacket
{
    public const int MaximumPacketSize = 1 << 20;

    /// <summary>Reads header and body as a connection does.</summary>
    public static DecodeStatus Decode(
        ReadOnlySequence<byte> buffer, ProtocolVersion version, PacketSender sender, out object? packet, out SpecViolation violation)
    {
        packet = null;
        var status = FrameReader.TryRead(in buffer, version, MaximumPacketSize, out var header, out violation);
        if (status != DecodeStatus.Done)
            return status;
        if (buffer.Length < header.PacketLength)
            return DecodeStatus.NeedMoreData;

        using var body = new PacketBody(buffer.Slice(header.HeaderLength, header.RemainingLength));
        violation = DecodeBody(version, sender, header, body.Span, out packet);
        Assert.Equal(violation == SpecViolation.None, packet is not null);
        return violation == SpecViolation.None ? DecodeStatus.Done : DecodeStatus.Violation;
    }

    public static byte[] Encode(object packet, ProtocolVersion version)
    {
        switch (packet)
        {
            case PublishValue publish:
                return publish.Encode(version);
            case AckValue ack:
                return ack.Encode(version);
            case PingValue ping:
                return ping.Encode();
            default:
                var control = (ControlPacket)packet;
                var bytes = new byte[PacketEncoder.Measure(control, version)];
                Assert.Equal(bytes.Length, PacketEncoder.Write(bytes, control, version));
                return bytes;
        }
    }

    /// <summary>All of a packet's values, arrays and lists included: equal texts mean equal packets.</summary>
    public static string Text(object? packet) =>
        packet is null ? "" : packet.GetType().Name + JsonSerializer.Serialize(packet, packet.GetType());

    public static SpecViolation DecodeBody(
        ProtocolVersion version, PacketSender sender, FrameHeader header, ReadOnlySpan<byte> body, out object? packet)
    {
        SpecViolation violation;
        switch (header.Type)
        {
            case PacketType.Publish:
                violation = PacketDecoder.DecodePublish(version, sender, header.Flags, body, out var publish);
                packet = violation == SpecViolation.None ? PublishValue.Of(publish) : null;
                return violation;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                violation = PacketDecoder.DecodeAck(version, header.Type, body, out var ack);
                packet = violation == SpecViolation.None ? AckValue.Of(ack) : null;
                return violation;
            case PacketType.PingReq or PacketType.PingResp:
                violation = PacketDecoder.DecodePing(body);
                packet = violation == SpecViolation.None ? new PingValue(header.Type) : null;
                return violation;
            default:
                violation = DecodeControl(version, sender, header.Type, body, out var control);
                packet = control;
                return violation;
        }
    }

    private static SpecViolation DecodeControl(
        ProtocolVersion version, PacketSender sender, PacketType type, ReadOnlySpan<byte> body, out ControlPacket? packet)
    {
        SpecViolation violation;
        (violation, packet) = type switch
        {
            PacketType.Connect => (PacketDecoder.DecodeConnect(body, out var p), (ControlPacket?)p),
            PacketType.ConnAck => (PacketDecoder.DecodeConnAck(version, body, out var p), p),
            PacketType.Subscribe => (PacketDecoder.DecodeSubscribe(version, body, out var p), p),
            PacketType.SubAck => (PacketDecoder.DecodeSubAck(version, body, out var p), p),
            PacketType.Unsubscribe => (PacketDecoder.DecodeUnsubscribe(version, body, out var p), p),
            PacketType.UnsubAck => (PacketDecoder.DecodeUnsubAck(version, body, out var p), p),
            PacketType.Disconnect when sender == PacketSender.Client => (PacketDecoder.DecodeDisconnect(version, body, out var p), p),
            PacketType.Disconnect => (PacketDecoder.DecodeDisconnect(version, sender, body, out var p), p),
            PacketType.Auth => (PacketDecoder.DecodeAuth(version, sender, body, out var p), p),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
        return violation;
    }
}
