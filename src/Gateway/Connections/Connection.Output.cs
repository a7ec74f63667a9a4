using System.Diagnostics;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>Packets out: encoded for this connection's version straight into its output, in call order, from any thread.</content>
internal sealed partial class Connection
{
    private const int MillisecondsPerSecond = 1000;

    // Acknowledgements and pings are never refused, so a peer that only sends and never reads is closed here: beyond twice the
    // bound and the largest PUBLISH that may wait besides, this is 12,000 PUBACKs more.
    private const int ControlReserveBytes = 64 * 1024;

    private OutputBuffer _output;
    private Traffic _sent;
    private int _takenBytes;
    private long _messagesSent;
    private bool _isFlushAsked;
    private int _unnotified;
    private bool _sessionAwaitsRoom;
    private uint _maximumPacketSize = uint.MaxValue;

    // Request Problem Information: without it a Reason String may stand in CONNACK and DISCONNECT alone [MQTT5-3.1.2-29].
    private bool _explainsRefusals;

    /// <inheritdoc/>
    public long MessagesSent => Volatile.Read(ref _messagesSent);

    private int WaitingBytes => _output.Length + _takenBytes;

    /// <inheritdoc/>
    public SendOutcome Publish(in OutboundPublish publish)
    {
        SendOutcome outcome;
        lock (this)
            outcome = AppendPublish(in publish);
        if (outcome == SendOutcome.Sent)
            NotifyOutput(isDelivery: true);
        return outcome;
    }

    /// <inheritdoc/>
    public void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        long report = 0;
        Activity? trace = null;
        lock (this)
        {
            if (type is PacketType.PubRec or PacketType.PubComp)
                report = CloseExactlyOnce(type, packetIdentifier, reason);
            if (type is PacketType.PubRec)
                trace = _window?.TakeTrace(packetIdentifier);
            AppendAck(type, packetIdentifier, reason);
        }

        NotifyOutput();
        if (trace is not null)
            ConnectionTraces.End(trace, reason);
        Report(report);
        if (_paused)
            TryResume();
    }

    /// <inheritdoc/>
    public void SubAck(SubAckPacket packet) =>
        AppendControl(ExplanationOf(packet.ReasonCodes) is { } text ? packet with { ReasonString = text } : packet);

    /// <inheritdoc/>
    public void UnsubAck(UnsubAckPacket packet) =>
        AppendControl(ExplanationOf(packet.ReasonCodes) is { } text ? packet with { ReasonString = text } : packet);

    /// <summary>
    /// Hands all output to the transport, which has written what it took before. From then on the connection asks for no further flush until the answer is false.
    /// </summary>
    /// <param name="output">To be given to <see cref="OutputBuffer.Return"/>.</param>
    /// <param name="isLast">Nothing follows: close after this.</param>
    public bool TakeOutput(out ArraySegment<byte> output, out bool isLast)
    {
        TellOfRoom();
        Traffic sent;
        lock (this)
        {
            isLast = _phase == ConnectionPhase.Closing && !_closesWhenKnown;
            output = default;
            _isFlushAsked = _output.Length > 0;
            if (!_isFlushAsked)
                return false;
            output = _output.Take();
            _takenBytes = output.Count;
            sent = _sent;
            _sent = default;
            _messagesSent += sent.AllPublications;
        }

        _services.Counters.Sent(in sent, output.Count);
        return true;
    }

    /// <summary>The network takes nothing any more: what waits is dropped, and so is what comes.</summary>
    public void OutputFailed()
    {
        InputEnded();
        lock (this)
        {
            _output.Clear();
            _sent = default;
            _takenBytes = 0;
        }
    }

    private SendOutcome AppendPublish(in OutboundPublish publish)
    {
        if (_phase != ConnectionPhase.Attached)
            return SendOutcome.Closed;
        var alias = ChooseAlias(in publish, out var length);
        if (length == int.MaxValue || length > _maximumPacketSize)
            return SendOutcome.TooLarge; // [MQTT5-3.1.2-24]
        if (!HasRoom(length))
        {
            _sessionAwaitsRoom = true;
            return SendOutcome.Full;
        }

        var message = publish.Message;
        var hasExpiry = message.ExpiresAtMilliseconds != Publication.NeverExpires;
        PacketEncoder.WritePublish(
            Append(length),
            _version,
            publish.QoS,
            publish.Duplicate,
            publish.Retain,
            alias.IsKnown ? default : message.Topic,
            publish.PacketIdentifier,
            message.ForwardedProperties,
            hasExpiry,
            hasExpiry ? SecondsLeft(message.ExpiresAtMilliseconds - publish.NowMilliseconds) : 0,
            publish.SubscriptionIdentifiers,
            message.Payload,
            alias.Alias);
        _outboundAliases?.Sent(alias, message.Topic);
        _sent.AddPublication(publish.QoS, message.PayloadLength);
        return SendOutcome.Sent;
    }

    /// <summary>
    /// A packet is taken that fits, and any while no more than half of the bound waits: the socket may have taken that already, and a large packet must not need
    /// a moment at which nothing at all waits.
    /// </summary>
    private bool HasRoom(int length)
    {
        var most = _services.Limits.MaxOutputBytes;
        return WaitingBytes <= most / 2 || WaitingBytes + length <= most;
    }

    private void TellOfRoom()
    {
        ISessionEntry? session;
        lock (this)
        {
            _takenBytes = 0;
            if (!_sessionAwaitsRoom || _phase != ConnectionPhase.Attached || _output.Length > _services.Limits.MaxOutputBytes / 2)
                return;
            _sessionAwaitsRoom = false;
            session = _session;
        }

        if (!session!.OutputDrained(this))
            FailSessionLost();
    }

    private void AppendControl(ReadOnlySpan<byte> packet)
    {
        lock (this)
        {
            if (_phase == ConnectionPhase.Attached)
                packet.CopyTo(Append(packet.Length));
        }

        NotifyOutput();
    }

    private void AppendControl<TPacket>(TPacket packet)
        where TPacket : ReasonedPacket
    {
        if (PacketEncoder.Fit(packet, _version, _maximumPacketSize) is not { } fitting)
        {
            // An answer that the client cannot read is no answer: it would wait for ever.
            Fail(ReasonCode.PacketTooLarge, "The answer exceeds the client's maximum packet size");
            return;
        }

        lock (this)
        {
            if (_phase == ConnectionPhase.Attached)
                AppendPacket(fitting);
        }

        NotifyOutput();
    }

    private void AppendPacket(ControlPacket packet) => PacketEncoder.Write(Append(PacketEncoder.Measure(packet, _version)), packet, _version);

    private void AppendAck(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        if (_phase != ConnectionPhase.Attached)
            return;
        if (reason >= ReasonCode.UnspecifiedError && _explainsRefusals)
        {
            AppendRefusal(type, packetIdentifier, reason);
            return;
        }

        var room = Append(PacketEncoder.AckLength(_version, reason));
        PacketEncoder.WriteAck(room, _version, type, packetIdentifier, reason);
    }

    private string? ExplanationOf(IReadOnlyList<ReasonCode> reasons) => _explainsRefusals ? ReasonTexts.OfFilters(reasons) : null;

    private void AppendRefusal(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        var properties = ReasonTexts.OfAcknowledgement(reason);
        if (PacketEncoder.AckLength(_version, reason, properties.Length) > _maximumPacketSize)
            properties = default; // [MQTT5-3.4.2-2] [MQTT5-3.5.2-2] [MQTT5-3.6.2-2] [MQTT5-3.7.2-2]
        var room = Append(PacketEncoder.AckLength(_version, reason, properties.Length));
        PacketEncoder.WriteAck(room, _version, type, packetIdentifier, reason, properties);
    }

    private Span<byte> Append(int length)
    {
        AskFlush();
        _sent.Packets++;
        return _output.Append(length);
    }

    private void AskFlush()
    {
        if (_isFlushAsked)
            return;
        _isFlushAsked = true;
        _unnotified = 1;
    }

    /// <summary>After the lock is left: the one who finds the output newly dirty has it written.</summary>
    private void NotifyOutput(bool isDelivery = false)
    {
        if (Volatile.Read(ref _unnotified) == 0 || Interlocked.Exchange(ref _unnotified, 0) == 0)
            CheckOverflow();
        else
            OutputTurn.Enlist(_transport, isDelivery);
    }

    private void CheckOverflow()
    {
        var limits = _services.Limits;
        if (WaitingBytes > (2L * limits.MaxOutputBytes) + limits.MaxPacketSize + ControlReserveBytes && _phase == ConnectionPhase.Attached)
            BeginClose(CloseCause.OutputOverflow, ReasonCode.QuotaExceeded, "The client does not read");
    }

    /// <summary>Rounded up: a message with any time left is never forwarded as expired [MQTT5-3.3.2-6].</summary>
    private static uint SecondsLeft(long milliseconds) =>
        (uint)Math.Clamp((milliseconds + MillisecondsPerSecond - 1) / MillisecondsPerSecond, 0, uint.MaxValue);
}
