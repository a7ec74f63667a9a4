using System.Net;
using System.Text;
using System.Threading.Channels;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>A connection of a gateway that notes what it is sent; its client acknowledges by itself unless told not to.</summary>
internal sealed class FakeConnection(long connectionId, FakeRegistry registry) : IGatewayConnection
{
    private readonly Channel<Sent> _sent = Channel.CreateUnbounded<Sent>();
    private readonly Lock _gate = new();
    private int _room = int.MaxValue;
    private bool _closed;
    private bool _asked;

    public ISessionEntry? Session { get; private set; }

    /// <summary>The client answers PUBLISH and PUBREL at once.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>Longer bodies (topic, properties and payload) are answered with <see cref="SendOutcome.TooLarge"/>.</summary>
    public int MaximumBody { get; set; } = int.MaxValue;

    /// <summary>Answers to control packets that were not within a turn of the registry, and so would each wake a transport.</summary>
    public int AnswersOutOfTurn { get; private set; }

    public bool HasClientHungUp { get; set; }

    public long ConnectionId => connectionId;

    public long LastPacketMilliseconds { get; set; } = TimeProvider.System.GetMonotonicMilliseconds();

    public long AcceptedAtMilliseconds { get; set; } = TimeProvider.System.GetMonotonicMilliseconds();

    public IPEndPoint? Remote { get; set; } = new(IPAddress.Loopback, (int)(1 + (connectionId % 65_535)));

    public long MessagesReceived { get; set; }

    public long MessagesSent { get; private set; }

    public ChannelReader<Sent> Output => _sent.Reader;

    /// <summary>How many more PUBLISH fit into the output.</summary>
    public void SetRoom(int packets)
    {
        bool tell;
        lock (_gate)
        {
            _room = packets;
            tell = _asked && packets > 0;
            _asked = _asked && !tell;
        }

        if (tell) Assert.True(Session!.OutputDrained(this));
    }

    public void Attached(ISessionEntry session, ConnAckPacket packet)
    {
        Session = session;
        Note(new Sent.Attached(packet.SessionPresent));
    }

    public SendOutcome Publish(in OutboundPublish publish)
    {
        var message = publish.Message;
        if (message.SizeBytes > MaximumBody) return SendOutcome.TooLarge;
        lock (_gate)
        {
            if (_closed) return SendOutcome.Closed;
            if (_room == 0)
            {
                _asked = true;
                return SendOutcome.Full;
            }

            _room--;
            MessagesSent++;
            Note(new Sent.Message(
                Encoding.UTF8.GetString(message.Topic), Encoding.UTF8.GetString(message.Payload), publish.PacketIdentifier, publish.QoS, publish.Duplicate, publish.Retain)
            {
                Identifiers = publish.SubscriptionIdentifiers is { } identifiers ? string.Join(',', identifiers.Order()) : null,
            });
        }

        if (Acknowledges && publish.QoS == QoS.AtLeastOnce) Answer(PacketType.PubAck, publish.PacketIdentifier);
        if (Acknowledges && publish.QoS == QoS.ExactlyOnce) Answer(PacketType.PubRec, publish.PacketIdentifier);
        return SendOutcome.Sent;
    }

    public void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        Note(new Sent.Ack(type, packetIdentifier, reason));
        if (Acknowledges && type == PacketType.PubRel) Answer(PacketType.PubComp, packetIdentifier);
    }

    public void SubAck(SubAckPacket packet) => Note(new Sent.SubAck(packet.PacketIdentifier, Codes(packet.ReasonCodes)));

    public void UnsubAck(UnsubAckPacket packet) => Note(new Sent.UnsubAck(packet.PacketIdentifier, Codes(packet.ReasonCodes)));

    public void Close(ReasonCode reason)
    {
        Note(new Sent.Closed(reason));
        Leave();
    }

    public void Redirect(ReasonCode reason, string serverReference)
    {
        Note(new Sent.Closed(reason) { ServerReference = serverReference });
        Leave();
    }

    /// <summary>The network connection is gone.</summary>
    public void Leave()
    {
        lock (_gate) _closed = true;
        registry.Remove(this);
    }

    /// <summary>The client's answer; false when the session is not there any more.</summary>
    public bool Answer(PacketType type, ushort packetIdentifier, ReasonCode reason = ReasonCode.Success) =>
        Session!.Acknowledge(this, type, packetIdentifier, reason);

    private static string Codes(IReadOnlyList<ReasonCode> codes) => string.Join(',', codes.Select(static code => ((byte)code).ToString("x2")));

    private void Note(Sent sent)
    {
        if (sent is (Sent.Attached or Sent.SubAck or Sent.UnsubAck) && !registry.IsInTurn) AnswersOutOfTurn++;
        if (!_closed || sent is Sent.Closed) _sent.Writer.TryWrite(sent);
    }
}
