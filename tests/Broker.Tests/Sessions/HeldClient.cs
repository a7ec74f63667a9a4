using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>A client on another silo than its session, with what its gateway remembers; it answers when the test says so.</summary>
internal sealed class HeldClient(SessionRig rig) : ISessionConnection
{
    private readonly Queue<SentPacket> _unanswered = new();
    private readonly List<DurablePart> _parts = [];

    public long ConnectionId => 1;

    public bool QueuesItself => true;

    public HeldSession Held { get; set; } = null!;

    public List<SentPacket> Packets { get; } = [];

    /// <summary>Payloads of all PUBLISHes.</summary>
    public IReadOnlyList<string> Received => [.. Packets.Where(static packet => packet.Type == PacketType.Publish).Select(static packet => packet.Text)];

    /// <summary>The gateway has a message as soon as it is sent.</summary>
    public bool SettlesAtOnce { get; set; } = true;

    public SendOutcome Publish(in OutboundPublish publish)
    {
        var message = publish.Message;
        if (publish.QoS > QoS.AtMostOnce)
        {
            Held.Sent(new HeldOutbound(publish.PacketIdentifier, publish.Sequence, publish.QoS, HeldPhase.Sent, message.Source, message.Token), message.Origin);
        }

        if (publish.Part is { } part) _parts.Add(part);
        if (SettlesAtOnce) SettleAll();
        Add(new SentPacket(PacketType.Publish, publish.PacketIdentifier, Encoding.UTF8.GetString(message.Payload)) { QoS = publish.QoS, Duplicate = publish.Duplicate });
        return SendOutcome.Sent;
    }

    public void Acknowledge(PacketType type, ushort packetIdentifier, ReasonCode reason) =>
        Add(new SentPacket(type, packetIdentifier, Reason: Held.Answered(type, packetIdentifier, reason)));

    public void SubAck(SubAckPacket packet) => throw new NotSupportedException("The grain's part.");

    public void UnsubAck(UnsubAckPacket packet) => throw new NotSupportedException("The grain's part.");

    public void Close(ReasonCode reason)
    {
        // Nobody looks at it.
    }

    public void SettleAll()
    {
        foreach (var part in _parts) part.Settle(PartOutcome.Done);
        _parts.Clear();
    }

    /// <summary>Answers the oldest packet that wants an answer; false when there is none.</summary>
    public bool AnswerNext()
    {
        if (!_unanswered.TryDequeue(out var packet)) return false;
        var type = packet.Type == PacketType.PubRel ? PacketType.PubComp : packet.QoS == QoS.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec;
        Held.Acknowledged(type, packet.Identifier, ReasonCode.Success);
        if (type == PacketType.PubAck) rig.Session.PubAck(packet.Identifier, ReasonCode.Success, rig.Now);
        else if (type == PacketType.PubRec) rig.Session.PubRec(packet.Identifier, ReasonCode.Success, rig.Now);
        else rig.Session.PubComp(packet.Identifier, rig.Now);
        return true;
    }

    /// <summary>Answers everything, and what comes of that.</summary>
    public void AnswerAll(Action between)
    {
        between();
        while (AnswerNext()) between();
    }

    private void Add(SentPacket packet)
    {
        Packets.Add(packet);
        if (packet.Type == PacketType.PubRel || packet is { Type: PacketType.Publish, Identifier: not 0 }) _unanswered.Enqueue(packet);
    }
}
