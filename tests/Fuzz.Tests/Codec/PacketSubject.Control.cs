using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Fuzz.Tests.Judge;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Fuzz.Tests.Codec;

/// <content>The packets that become objects.</content>
internal sealed partial class PacketSubject
{
    private SpecViolation Control(ProtocolVersion version, FrameHeader header, ReadOnlySpan<byte> body, FieldLog fields, ByteSink encoded)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var violation = Measured(Decode(version, header, body, out var packet), before);
        if (violation != SpecViolation.None)
            return packet is null ? violation : throw new InvalidOperationException($"{violation} with a packet");

        switch (packet!)
        {
            case ConnectPacket connect:
                Log(fields, connect);
                break;
            case SubscribePacket subscribe:
                Log(fields, version, subscribe);
                break;
            case UnsubscribePacket unsubscribe:
                Log(fields, version, unsubscribe);
                break;
            case DisconnectPacket disconnect:
                Log(fields, disconnect);
                break;
            case AuthPacket auth:
                Log(fields, auth);
                break;
        }

        var bytes = new byte[PacketEncoder.Measure(packet!, version)];
        encoded.Raw(bytes.AsSpan(0, PacketEncoder.Write(bytes, packet!, version)));
        return SpecViolation.None;
    }

    private static SpecViolation Decode(ProtocolVersion version, FrameHeader header, ReadOnlySpan<byte> body, out ControlPacket? packet)
    {
        SpecViolation violation;
        switch (header.Type)
        {
            case PacketType.Connect:
                violation = PacketDecoder.DecodeConnect(header, body, out var connect, out _);
                packet = connect;
                return violation;
            case PacketType.Subscribe:
                violation = PacketDecoder.DecodeSubscribe(version, body, out var subscribe);
                packet = subscribe;
                return violation;
            case PacketType.Unsubscribe:
                violation = PacketDecoder.DecodeUnsubscribe(version, body, out var unsubscribe);
                packet = unsubscribe;
                return violation;
            case PacketType.Disconnect:
                violation = PacketDecoder.DecodeDisconnect(version, body, out var disconnect);
                packet = disconnect;
                return violation;
            case PacketType.Auth:
                violation = PacketDecoder.DecodeAuth(version, body, out var auth);
                packet = auth;
                return violation;
            default:
                throw new ArgumentOutOfRangeException(nameof(header), header.Type, "no packet of clients");
        }
    }

    private static void Log(FieldLog fields, ConnectPacket packet)
    {
        fields.Number(Field.Version, (int)packet.Version);
        fields.Number(Field.CleanStart, packet.CleanStart ? 1 : 0);
        fields.Number(Field.KeepAlive, packet.KeepAliveSeconds);
        if (packet.HasSessionExpiry)
            fields.Number(Field.SessionExpiry, packet.SessionExpiryIntervalSeconds);
        fields.Number(Field.EffectiveSessionExpiry, packet.SessionExpiryIntervalSeconds);
        fields.Number(Field.ReceiveMaximum, packet.ReceiveMaximum);
        fields.Number(Field.MaximumPacketSize, packet.MaximumPacketSize);
        fields.Number(Field.TopicAliasMaximum, packet.TopicAliasMaximum);
        fields.Number(Field.RequestResponseInformation, packet.RequestResponseInformation ? 1 : 0);
        fields.Number(Field.RequestProblemInformation, packet.RequestProblemInformation ? 1 : 0);
        Pairs(fields, packet.UserProperties);
        Text(fields, Field.AuthenticationMethod, packet.AuthenticationMethod);
        Bytes(fields, Field.AuthenticationData, packet.AuthenticationData);
        fields.Text(Field.ClientId, packet.ClientId);
        if (packet.Will is { } will)
            Log(fields, will);
        Text(fields, Field.UserName, packet.UserName);
        Bytes(fields, Field.Password, packet.Password);
    }

    private static void Log(FieldLog fields, WillPacket will)
    {
        fields.Bytes(Field.WillTopic, will.Topic.Utf8.Span);
        fields.Bytes(Field.WillPayload, will.Payload);
        fields.Number(Field.WillQoS, (int)will.QoS);
        fields.Number(Field.WillRetain, will.Retain ? 1 : 0);
        fields.Number(Field.WillDelay, will.DelayIntervalSeconds);
        if (will.HasMessageExpiryInterval)
            fields.Number(Field.WillExpiry, will.MessageExpiryIntervalSeconds);
        fields.Bytes(Field.WillForwarded, will.ForwardedProperties);
    }

    private void Log(FieldLog fields, ProtocolVersion version, SubscribePacket packet)
    {
        fields.Number(Field.PacketIdentifier, packet.PacketIdentifier);
        fields.Number(Field.SubscriptionIdentifier, packet.SubscriptionIdentifier);
        Pairs(fields, packet.UserProperties);
        foreach (var request in packet.Requests)
        {
            Log(fields, version, request.Text, request.Filter, request.FilterViolation);
            var flags = (request.NoLocal ? 4 : 0) | (request.RetainAsPublished ? 8 : 0);
            fields.Number(Field.Options, (int)request.QoS | flags | ((int)request.RetainHandling << 4));
        }
    }

    private void Log(FieldLog fields, ProtocolVersion version, UnsubscribePacket packet)
    {
        fields.Number(Field.PacketIdentifier, packet.PacketIdentifier);
        Pairs(fields, packet.UserProperties);
        foreach (var request in packet.Requests)
            Log(fields, version, request.Text, request.Filter, request.FilterViolation);
    }

    private void Log(FieldLog fields, ProtocolVersion version, string text, TopicFilter? filter, SpecViolation violation)
    {
        if ((filter is null) != SpecViolations.IsOfFilter(violation))
            throw new InvalidOperationException($"filter {filter} with {violation}");
        if (filter is null)
            OnFilterViolation?.Invoke(violation);
        fields.Text(Field.Filter, text);
        if (version == ProtocolVersion.Mqtt5 || !text.StartsWith("$share/", StringComparison.Ordinal))
            fields.Number(Field.FilterIsValid, filter is null ? 0 : 1);
    }

    private static void Log(FieldLog fields, DisconnectPacket packet)
    {
        fields.Number(Field.ReasonCode, (int)packet.ReasonCode);
        if (packet.SessionExpiryIntervalSeconds is { } expiry)
            fields.Number(Field.SessionExpiry, expiry);
        Text(fields, Field.ReasonString, packet.ReasonString);
        Pairs(fields, packet.UserProperties);
        Text(fields, Field.ServerReference, packet.ServerReference);
    }

    private static void Log(FieldLog fields, AuthPacket packet)
    {
        fields.Number(Field.ReasonCode, (int)packet.ReasonCode);
        Text(fields, Field.AuthenticationMethod, packet.AuthenticationMethod);
        Bytes(fields, Field.AuthenticationData, packet.AuthenticationData);
        Text(fields, Field.ReasonString, packet.ReasonString);
        Pairs(fields, packet.UserProperties);
    }
}
