using System.Diagnostics;
using System.Text.Unicode;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Gateway.Connections;

/// <content>PUBLISH in: checks, one copy, and on to the shard (QoS 0 and 1) or the session (QoS 2).</content>
internal sealed partial class Connection
{
    // A user property is at least this long: identifier, two lengths.
    private const int ShortestUserProperty = 5;

    private TopicAliases? _aliases;

    private ReceiveStatus HandlePublish(byte flags, ReadOnlySpan<byte> body, ref Traffic received)
    {
        if (MustPause())
            return ReceiveStatus.Paused;

        var violation = PacketDecoder.DecodePublish(_version, flags, body, out var packet);
        if (violation != SpecViolation.None)
            return Fail(violation);

        received.AddPublication(packet.QoS, packet.Payload.Length);
        var topic = packet.Topic;
        if (packet.Properties.TopicAlias != 0 && !TryResolveAlias(packet.Properties.TopicAlias, ref topic))
            return Fail(ReasonCode.TopicAliasInvalid, "The topic alias is above the maximum or not set"); // [MQTT5-3.3.2-9]

        var limit = CheckLimits(in packet, topic);
        if (limit != ReasonCode.Success)
            return Fail(limit, "A PUBLISH passes a limit of this server");

        var refusal = CheckMessage(in packet, topic);
        return packet.QoS switch // [MQTT5-3.3.4-1] [MQTT311-3.3.4-1]
        {
            QoS.AtLeastOnce => PublishAtLeastOnce(in packet, topic, refusal),
            QoS.ExactlyOnce => PublishExactlyOnce(in packet, topic, refusal),
            _ => PublishAtMostOnce(in packet, topic, refusal),
        };
    }

    /// <summary>What the client did not break a rule with, but what is not passed on: counted, and told where the packet has an answer.</summary>
    private ReasonCode CheckMessage(in PublishPacket packet, ReadOnlySpan<byte> topic)
    {
        if (!MayPublish(topic))
        {
            _services.Counters.Drop(DropReason.NotAuthorized);
            return ReasonCode.NotAuthorized;
        }

        if (packet.Properties.PayloadFormatIndicator != 1 || !_services.Limits.ValidatePayloadFormat || Utf8.IsValid(packet.Payload))
            return ReasonCode.Success;
        _services.Counters.Drop(DropReason.PayloadFormatInvalid);
        return ReasonCode.PayloadFormatInvalid; // MQTT5 section 3.3.2.3.2
    }

    /// <summary>Below $SYS only the broker publishes, whatever the rules say.</summary>
    private bool MayPublish(ReadOnlySpan<byte> topic) => !SysTopic.IsIn(topic) && _permissions.MayPublish(topic);

    private bool TryResolveAlias(ushort alias, ref ReadOnlySpan<byte> topic)
    {
        if (alias > _services.Limits.MaxTopicAliases) // [MQTT5-3.2.2-17] [MQTT5-3.2.2-18] [MQTT5-3.3.2-10]
            return false;
        _aliases ??= new TopicAliases(_services.Limits.MaxTopicAliases);
        return _aliases.TryResolve(alias, ref topic);
    }

    private ReasonCode CheckLimits(in PublishPacket packet, ReadOnlySpan<byte> topic)
    {
        var limits = _services.Limits;
        if ((int)packet.QoS > limits.MaxQoS)
            return ReasonCode.QoSNotSupported; // [MQTT5-3.2.2-11]
        if (packet.Retain && !IsRetainAvailable && IsVersion5)
            return ReasonCode.RetainNotSupported; // [MQTT5-3.2.2-14]; 3.x cannot be told: its message is delivered, not retained
        if (!IsWithinLimits(topic))
            return ReasonCode.TopicNameInvalid;
        return MayHoldTooManyUserProperties(packet.Properties.ForwardedLength) && packet.Properties.ReadUserProperties().Count > limits.MaxUserProperties
            ? ReasonCode.QuotaExceeded
            : ReasonCode.Success;
    }

    private bool IsWithinLimits(ReadOnlySpan<byte> topic)
    {
        var limits = _services.Limits;
        return topic.Length <= limits.MaxTopicBytes
            && (limits.MaxTopicLevels >= TopicName.MaximumLevels || topic.Count((byte)'/') < limits.MaxTopicLevels);
    }

    /// <summary>Most packets are too short to hold too many, and need no counting.</summary>
    private bool MayHoldTooManyUserProperties(int propertiesLength) => propertiesLength / ShortestUserProperty > _services.Limits.MaxUserProperties;

    private ReceiveStatus PublishAtMostOnce(in PublishPacket packet, ReadOnlySpan<byte> topic, ReasonCode refusal)
    {
        if (refusal == ReasonCode.PayloadFormatInvalid)
            return Fail(refusal, ReasonTexts.NotUtf8); // QoS 0 has no other answer
        if (refusal == ReasonCode.Success)
            PublishTo(in packet, topic, token: 0);
        return ReceiveStatus.NeedMoreData;
    }

    private ReceiveStatus PublishAtLeastOnce(in PublishPacket packet, ReadOnlySpan<byte> topic, ReasonCode refusal)
    {
        if (!TryOpenAtLeastOnce(packet.PacketIdentifier, SizeOf(in packet, topic), out var number))
            return Fail(ReasonCode.ReceiveMaximumExceeded, ReceiveMaximumText);
        if (refusal == ReasonCode.Success)
            PublishTo(in packet, topic, number);
        else
            Settle(number, SizeOf(in packet, topic), RefusalOf(refusal));
        return ReceiveStatus.NeedMoreData;
    }

    private ReceiveStatus PublishExactlyOnce(in PublishPacket packet, ReadOnlySpan<byte> topic, ReasonCode refusal)
    {
        if (!TryOpenExactlyOnce(packet.PacketIdentifier, SizeOf(in packet, topic), out var isAgain))
            return Fail(ReasonCode.ReceiveMaximumExceeded, ReceiveMaximumText);
        if (refusal != ReasonCode.Success)
        {
            RefuseExactlyOnce(packet.PacketIdentifier, refusal, isAgain);
            return ReceiveStatus.NeedMoreData;
        }

        if (!isAgain && TraceOf(in packet, topic) is { } trace)
            TraceExactlyOnce(packet.PacketIdentifier, trace);
        // Through the session, which remembers the identifier until PUBREL [MQTT5-4.3.3-10] [MQTT311-4.3.3-2].
        return _session!.PublishExactlyOnce(this, Copy(in packet, topic, token: 0)) ? ReceiveStatus.NeedMoreData : FailSessionLost();
    }

    /// <summary>One at a time of a connection; it ends when the PUBREC leaves.</summary>
    private void TraceExactlyOnce(ushort packetIdentifier, Activity trace)
    {
        lock (this)
            _window!.Traced ??= new TracedExchange(packetIdentifier, trace);
    }

    /// <summary>
    /// A refusal ends the exchange, whatever a 3.x client is told, but only its own: under an identifier in use it would end that of the message
    /// that uses it, and what is pending would no longer be counted. Such a PUBLISH gets the open exchange's answer [MQTT5-4.3.3-10] [MQTT311-4.3.3-2].
    /// </summary>
    private void RefuseExactlyOnce(ushort packetIdentifier, ReasonCode refusal, bool isAgain)
    {
        long report = 0;
        lock (this)
        {
            if (isAgain && _window!.AwaitsPubRec(packetIdentifier))
                return; // the one on its way answers both
            var isOpen = isAgain && _window!.Holds(packetIdentifier);
            if (!isOpen)
                report = CloseExactlyOnce(PacketType.PubRec, packetIdentifier, refusal);
            AppendAck(PacketType.PubRec, packetIdentifier, isOpen ? ReasonCode.Success : RefusalOf(refusal));
        }

        NotifyOutput();
        Report(report);
    }

    /// <summary>
    /// To the shard, and from there mostly straight into the receivers' outputs: the message's bytes are lent for as long as that takes, and are copied
    /// once more only if somebody keeps them, for a queue, a journal, another thread.
    /// </summary>
    private void PublishTo(in PublishPacket packet, ReadOnlySpan<byte> topic, long token)
    {
        var traced = TraceOf(in packet, topic) is { } trace ? new TracedPublisher(this, trace) : null;
        PublishTo(in packet, topic, token, traced ?? (IPublisher)this);
        traced?.Taken(packet.QoS);
    }

    private void PublishTo(in PublishPacket packet, ReadOnlySpan<byte> topic, long token, IPublisher publisher)
    {
        var size = SizeOf(in packet, topic);
        if (size > LentBody.LongestBytes)
        {
            _services.Router.Publish(Copy(in packet, topic, token).PublishedBy(publisher));
            return;
        }

        var lender = LentBody.Take();
        var publication = Compose(in packet, topic, token, lender, isLent: true);
        _services.Router.Publish(publication.PublishedBy(publisher));
        publication.EndLoan();
        LentBody.Return(lender);
    }

    private Activity? TraceOf(in PublishPacket packet, ReadOnlySpan<byte> topic) =>
        _services.Traces?.Publish(packet.QoS, packet.Retain, topic, packet.Payload.Length);

    /// <summary>The one copy of the message that everything behind shares.</summary>
    private Publication Copy(in PublishPacket packet, ReadOnlySpan<byte> topic, long token) =>
        Compose(in packet, topic, token, GC.AllocateUninitializedArray<byte>(SizeOf(in packet, topic)), isLent: false);

    private Publication Compose(in PublishPacket packet, ReadOnlySpan<byte> topic, long token, byte[] body, bool isLent)
    {
        var properties = packet.Properties;
        topic.CopyTo(body);
        if (properties.ForwardedLength > 0)
            properties.WriteForwarded(body.AsSpan(topic.Length, properties.ForwardedLength));
        packet.Payload.CopyTo(body.AsSpan(topic.Length + properties.ForwardedLength));
        return new Publication(body, SizeOf(in packet, topic), topic.Length, properties.ForwardedLength, packet.QoS, packet.Retain, ClientId)
        {
            PacketIdentifier = packet.PacketIdentifier,
            ExpiresAtMilliseconds = properties.HasMessageExpiryInterval
                ? _turnMilliseconds + (properties.MessageExpiryInterval * 1000L)
                : Publication.NeverExpires,
            Token = token,
            IsLent = isLent,
        };
    }

    private static int SizeOf(in PublishPacket packet, ReadOnlySpan<byte> topic) =>
        topic.Length + packet.Properties.ForwardedLength + packet.Payload.Length;

    /// <summary>3.x has no way to refuse: the message is acknowledged and dropped [MQTT311-3.3.5-2].</summary>
    private ReasonCode RefusalOf(ReasonCode reason) => IsVersion5 ? reason : ReasonCode.Success;

    private const string ReceiveMaximumText = "More messages are unacknowledged than the receive maximum allows"; // [MQTT5-3.3.4-7]
}
