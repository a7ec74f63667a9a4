using OrleansBroker.Gateway.Connections;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Allocation.Tests;

/// <summary>
/// A client without a network: a real connection of the gateway, whose output is read here and answered as the standard says. It allocates nothing once its
/// buffer is there. All but <see cref="ScheduleFlush"/> runs on the thread of its <see cref="Loop"/>.
/// </summary>
internal sealed class LoopClient : IConnectionTransport
{
    private const ProtocolVersion Version = ProtocolVersion.Mqtt5;

    // An acknowledgement without reason is four bytes; as many as a turn of the loop may bring.
    private const int AnswerBytes = 4 * 4096;

    private readonly Loop _loop;
    private readonly byte[] _answers = new byte[AnswerBytes];
    private int _answered;
    private int _flushDue;

    public LoopClient(Loop loop, GatewayServices gateway)
    {
        _loop = loop;
        Connection = new Connection(gateway.Registry.NextId(), ConnectionOrigin.Unknown(isLoopback: true), gateway, this);
        Assert.True(gateway.Registry.Accepted(Connection, int.MaxValue));
    }

    public Connection Connection { get; }

    /// <summary>CONNACK and SUBACK that have come.</summary>
    public int Controls { get; private set; }

    /// <summary>PUBLISH that have come.</summary>
    public long Messages { get; private set; }

    /// <summary>PUBACK and PUBCOMP that have come: messages of this client that are done.</summary>
    public long Done { get; private set; }

    public bool HasAnswers => _answered > 0;

    public void Send(ControlPacket packet)
    {
        var bytes = new byte[PacketEncoder.Measure(packet, Version)];
        PacketEncoder.Write(bytes, packet, Version);
        Receive(bytes);
    }

    /// <summary>What the client sends reaches its connection.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var status = Connection.ReceiveContiguous(bytes, out var consumed);
            if (consumed == 0)
                throw new InvalidOperationException($"The connection stopped reading: {status}, {Connection.Cause}.");
            bytes = bytes[consumed..];
        }
    }

    /// <summary>The answers to what has come reach the connection.</summary>
    public void SendAnswers()
    {
        var answered = _answered;
        _answered = 0;
        Receive(_answers.AsSpan(0, answered));
    }

    /// <summary>Reads output that became ready on another thread.</summary>
    public bool FlushIfDue()
    {
        if (Volatile.Read(ref _flushDue) == 0 || Interlocked.Exchange(ref _flushDue, 0) == 0)
            return false;
        Drain();
        return true;
    }

    public bool HasClientHungUp => false;

    public void Flush()
    {
        if (_loop.IsCurrent) Drain();
        else ScheduleFlush(); // a grain's own thread answers control packets
    }

    public void ScheduleFlush()
    {
        Volatile.Write(ref _flushDue, 1);
        _loop.Wake();
    }

    public void ResumeInput()
    {
        // Nothing here sends as much as would pause it.
    }

    public void Close()
    {
        // Seen by the next Receive, or by the messages that do not come.
    }

    private void Drain()
    {
        while (Connection.TakeOutput(out var output, out _))
        {
            Read(output);
            OutputBuffer.Return(output);
        }
    }

    private void Read(ReadOnlySpan<byte> output)
    {
        while (!output.IsEmpty)
        {
            if (FrameReader.TryRead(output, Version, int.MaxValue, out var header, out var violation) != DecodeStatus.Done)
                throw new InvalidOperationException($"The broker wrote no packet: {violation}.");
            Read(in header, output[header.HeaderLength..header.PacketLength]);
            output = output[header.PacketLength..];
        }
    }

    private void Read(in FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case PacketType.Publish:
                PacketDecoder.DecodePublish(Version, PacketSender.Server, header.Flags, body, out var publish);
                Messages++;
                if (publish.QoS != QoS.AtMostOnce)
                    Answer(publish.QoS == QoS.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec, publish.PacketIdentifier);
                break;
            case PacketType.PubRec or PacketType.PubRel:
                PacketDecoder.DecodeAck(Version, header.Type, body, out var ack);
                Answer(header.Type == PacketType.PubRec ? PacketType.PubRel : PacketType.PubComp, ack.PacketIdentifier);
                break;
            case PacketType.PubAck or PacketType.PubComp:
                Done++;
                break;
            default:
                Controls++;
                break;
        }
    }

    private void Answer(PacketType type, ushort packetIdentifier) =>
        _answered += PacketEncoder.WriteAck(_answers.AsSpan(_answered), Version, type, packetIdentifier, Mqtt.Reasons.ReasonCode.Success);
}
