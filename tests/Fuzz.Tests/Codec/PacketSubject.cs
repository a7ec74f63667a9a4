using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Judge;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Fuzz.Tests.Codec;

/// <summary>The decoder under test: decodes, writes down what it decoded in the judge's words, and encodes it again.</summary>
internal sealed partial class PacketSubject
{
    /// <summary>Bytes that the last decoding allocated, without what writing it down did.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Called for every filter that failed alone.</summary>
    public Action<SpecViolation>? OnFilterViolation { get; set; }

    /// <param name="encoded">Gets the packet anew.</param>
    public SpecViolation Decode(ProtocolVersion version, FrameHeader header, ReadOnlySpan<byte> body, FieldLog fields, ByteSink encoded)
    {
        fields.Clear();
        encoded.Clear();
        fields.Number(Field.Type, (int)header.Type);
        switch (header.Type)
        {
            case PacketType.Publish:
                return Publish(version, header.Flags, body, fields, encoded);
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                return Acknowledgement(version, header.Type, body, fields, encoded);
            case PacketType.PingReq:
                encoded.Raw(PacketEncoder.PingReq);
                return Measured(PacketDecoder.DecodePing(body), GC.GetAllocatedBytesForCurrentThread());
            default:
                return Control(version, header, body, fields, encoded);
        }
    }

    private SpecViolation Publish(ProtocolVersion version, byte flags, ReadOnlySpan<byte> body, FieldLog fields, ByteSink encoded)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var violation = Measured(PacketDecoder.DecodePublish(version, flags, body, out var packet), before);
        if (violation != SpecViolation.None)
            return violation;

        var properties = packet.Properties;
        var forwarded = new byte[properties.ForwardedLength];
        properties.WriteForwarded(forwarded);
        fields.Bytes(Field.Topic, packet.Topic);
        fields.Number(Field.QoS, (int)packet.QoS);
        fields.Number(Field.Dup, packet.Dup ? 1 : 0);
        fields.Number(Field.Retain, packet.Retain ? 1 : 0);
        fields.Number(Field.PacketIdentifier, packet.PacketIdentifier);
        if (properties.HasPayloadFormatIndicator)
            fields.Number(Field.PayloadFormat, properties.PayloadFormatIndicator);
        if (properties.HasMessageExpiryInterval)
            fields.Number(Field.MessageExpiry, properties.MessageExpiryInterval);
        fields.Number(Field.TopicAlias, properties.TopicAlias);
        if (properties.HasContentType)
            fields.Bytes(Field.ContentType, properties.ContentType);
        if (properties.HasResponseTopic)
            fields.Bytes(Field.ResponseTopic, properties.ResponseTopic);
        if (properties.HasCorrelationData)
            fields.Bytes(Field.CorrelationData, properties.CorrelationData);
        Pairs(fields, properties.ReadUserProperties());
        fields.Bytes(Field.Forwarded, forwarded);
        fields.Bytes(Field.Payload, packet.Payload);
        Encode(version, in packet, forwarded, encoded);
        return SpecViolation.None;
    }

    private static void Encode(ProtocolVersion version, in PublishPacket packet, byte[] forwarded, ByteSink encoded)
    {
        var properties = packet.Properties;
        var hasExpiry = properties.HasMessageExpiryInterval;
        var length = PacketEncoder.PublishLength(
            version, packet.QoS, packet.Topic.Length, forwarded.Length, hasExpiry, [], packet.Payload.Length, properties.TopicAlias);
        var bytes = new byte[length];
        var written = PacketEncoder.WritePublish(
            bytes, version, packet.QoS, packet.Dup, packet.Retain, packet.Topic, packet.PacketIdentifier, forwarded, hasExpiry,
            properties.MessageExpiryInterval, [], packet.Payload, properties.TopicAlias);
        encoded.Raw(bytes.AsSpan(0, written));
        if (written != length)
            throw new InvalidOperationException($"PublishLength says {length}, WritePublish wrote {written}");
    }

    private SpecViolation Acknowledgement(ProtocolVersion version, PacketType type, ReadOnlySpan<byte> body, FieldLog fields, ByteSink encoded)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var violation = Measured(PacketDecoder.DecodeAck(version, type, body, out var packet), before);
        if (violation != SpecViolation.None)
            return violation;

        var text = packet.ReadReasonString();
        var pairs = packet.ReadUserProperties();
        fields.Number(Field.PacketIdentifier, packet.PacketIdentifier);
        fields.Number(Field.ReasonCode, (int)packet.ReasonCode);
        Text(fields, Field.ReasonString, text);
        Pairs(fields, pairs);
        var properties = AckPacket.EncodeProperties(text, pairs);
        var bytes = new byte[PacketEncoder.AckLength(version, packet.ReasonCode, properties.Length)];
        encoded.Raw(bytes.AsSpan(0, PacketEncoder.WriteAck(bytes, version, type, packet.PacketIdentifier, packet.ReasonCode, properties)));
        return SpecViolation.None;
    }

    private SpecViolation Measured(SpecViolation violation, long before)
    {
        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return violation;
    }

    private static void Text(FieldLog fields, Field field, string? text)
    {
        if (text is not null)
            fields.Text(field, text);
    }

    private static void Bytes(FieldLog fields, Field field, byte[]? bytes)
    {
        if (bytes is not null)
            fields.Bytes(field, bytes);
    }

    private static void Pairs(FieldLog fields, IReadOnlyList<UserProperty> properties)
    {
        foreach (var property in properties)
        {
            fields.Text(Field.PropertyName, property.Name);
            fields.Text(Field.PropertyValue, property.Value);
        }
    }
}
