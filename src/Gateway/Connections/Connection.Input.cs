using System.Buffers;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>Bytes in: packets are cut out of what the transport has and handed to their handlers.</content>
internal sealed partial class Connection
{
    // What one turn handles before dirty output is written: a flood on one connection delays nobody's PINGRESP for longer than this takes.
    private const int MaxTurnBytes = 64 * 1024;

    private long _lastPacketMilliseconds;
    private long _turnMilliseconds;
    private long _messagesReceived;

    /// <summary>Handles as many packets as there are, from one thread at a time and within an <see cref="OutputTurn"/>.</summary>
    /// <param name="input">From the start of a packet; not retained.</param>
    /// <param name="consumed">Bytes of handled packets; the rest must come again.</param>
    public ReceiveStatus Receive(in ReadOnlySequence<byte> input, out long consumed)
    {
        consumed = 0;
        ReceiveStatus status;
        do
        {
            var rest = input.Slice(consumed);
            status = ReceiveContiguous(rest.FirstSpan, out var handled);
            consumed += handled;
            if (status != ReceiveStatus.NeedMoreData || rest.IsSingleSegment)
                return status;

            status = ReceiveAcrossSegments(input.Slice(consumed), out handled);
            consumed += handled;
        }
        while (status == ReceiveStatus.TurnOver && consumed < MaxTurnBytes);

        return status;
    }

    /// <inheritdoc cref="Receive"/>
    public ReceiveStatus ReceiveContiguous(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        BeginReceive();
        var received = new Traffic();
        var status = ReceiveStatus.NeedMoreData;
        while (status == ReceiveStatus.NeedMoreData)
        {
            var rest = input[consumed..];
            if (!TryReadHeader(rest, out var header, out status))
                break;
            if (header.PacketLength > rest.Length)
                break;

            status = Handle(header, rest[header.HeaderLength..header.PacketLength], ref received);
            if (status != ReceiveStatus.Paused)
            {
                consumed += header.PacketLength;
                received.Packets++;
            }

            if (status == ReceiveStatus.NeedMoreData && consumed >= MaxTurnBytes)
                status = ReceiveStatus.TurnOver;
        }

        EndReceive(consumed, in received);
        return status;
    }

    /// <inheritdoc/>
    public long MessagesReceived => Volatile.Read(ref _messagesReceived);

    /// <summary>When the last complete packet came; "now" while it is the broker that does not read.</summary>
    public long LastPacketMilliseconds => _paused ? _services.Clock.NowMilliseconds : Volatile.Read(ref _lastPacketMilliseconds);

    /// <summary>Handles the one packet that crosses the end of the first segment.</summary>
    private ReceiveStatus ReceiveAcrossSegments(in ReadOnlySequence<byte> input, out int consumed)
    {
        consumed = 0;
        var status = FrameReader.TryRead(in input, _version, _services.Limits.MaxPacketSize, out var header, out var violation);
        if (status == DecodeStatus.Violation)
            return FailInput(violation);
        if (status == DecodeStatus.NeedMoreData || header.PacketLength > input.Length)
            return ReceiveStatus.NeedMoreData;

        var packet = input.Slice(0, header.PacketLength);
        using var whole = new PacketBody(in packet);
        var received = ReceiveContiguous(whole.Span, out consumed);
        return received == ReceiveStatus.NeedMoreData ? ReceiveStatus.TurnOver : received;
    }

    private bool TryReadHeader(ReadOnlySpan<byte> input, out FrameHeader header, out ReceiveStatus status)
    {
        header = default;
        status = MayRead();
        if (status != ReceiveStatus.NeedMoreData)
            return false;

        var decoded = FrameReader.TryRead(input, _version, _services.Limits.MaxPacketSize, out header, out var violation);
        if (decoded == DecodeStatus.Violation)
            status = FailInput(violation);
        return decoded == DecodeStatus.Done;
    }

    private ReceiveStatus MayRead() => _phase switch
    {
        ConnectionPhase.Closing => ReceiveStatus.Closed,
        ConnectionPhase.Connecting => ReceiveStatus.Paused,
        _ => ReceiveStatus.NeedMoreData,
    };

    private ReceiveStatus Handle(in FrameHeader header, ReadOnlySpan<byte> body, ref Traffic received)
    {
        if (_session is null)
            return HandleBeforeConnAck(in header, body);

        switch (header.Type)
        {
            case PacketType.Publish:
                return HandlePublish(header.Flags, body, ref received);
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                return HandleAcknowledgement(header.Type, body);
            case PacketType.PingReq:
                return HandlePing(body);
            case PacketType.Subscribe:
                return HandleSubscribe(body);
            case PacketType.Unsubscribe:
                return HandleUnsubscribe(body);
            case PacketType.Disconnect:
                return HandleDisconnect(body);
            case PacketType.Auth:
                return HandleAuth(body);
            default:
                // A second CONNECT [MQTT5-3.1.0-2] [MQTT311-3.1.0-2], or what only servers send.
                return Fail(ReasonCode.ProtocolError, UnexpectedPacket(header.Type));
        }
    }

    private ReceiveStatus HandlePing(ReadOnlySpan<byte> body)
    {
        var violation = PacketDecoder.DecodePing(body);
        if (violation != SpecViolation.None)
            return Fail(violation);

        // Here and not at the session: a PINGREQ is answered whatever the rest of the broker does [MQTT5-3.12.4-1] [MQTT311-3.12.4-1].
        AppendControl(PacketEncoder.PingResp);
        return ReceiveStatus.NeedMoreData;
    }

    private ReceiveStatus HandleAcknowledgement(PacketType type, ReadOnlySpan<byte> body)
    {
        var violation = PacketDecoder.DecodeAck(_version, type, body, out var packet);
        if (violation != SpecViolation.None)
            return Fail(violation);

        if (MayHoldTooManyUserProperties(packet.Properties.Length) && packet.ReadUserProperties().Count > _services.Limits.MaxUserProperties)
            return Fail(ReasonCode.QuotaExceeded, TooManyProperties);
        // Whatever the state of the send quota [MQTT5-3.3.4-10] [MQTT5-4.9.0-3].
        return _session!.Acknowledge(this, type, packet.PacketIdentifier, packet.ReasonCode) ? ReceiveStatus.NeedMoreData : FailSessionLost();
    }

    private void BeginReceive() => _turnMilliseconds = _services.Clock.NowMilliseconds;

    private void EndReceive(int handledBytes, in Traffic received)
    {
        if (handledBytes > 0)
        {
            Volatile.Write(ref _lastPacketMilliseconds, _turnMilliseconds);
            _messagesReceived += received.AllPublications;
            _services.Counters.Received(in received, handledBytes);
        }

        if (_isReceiving)
            EndReceiving();
    }

    private static string UnexpectedPacket(PacketType type) =>
        type == PacketType.Connect ? "A second CONNECT" : "A packet that only servers send";
}
