using OrleansBroker.Broker.Sessions;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions.Simulation;

/// <summary>
/// A correct MQTT client: reads its connection packet by packet, answers later, keeps its QoS 2 state over connections, publishes at
/// QoS 2 itself, and checks what a client can check.
/// </summary>
internal sealed class SimulatedClient(Random random)
{
    private readonly Queue<SentPacket> _answers = new();
    private readonly HashSet<ushort> _received = [];
    private readonly SortedDictionary<ushort, (string Text, bool IsReceived)> _publishing = [];
    private readonly HashSet<ushort> _unacknowledged = [];
    private readonly HashSet<string> _everSent = [];
    private int _read;
    private int _published;
    private int _receiveMaximum;

    public FakeConnection? Connection { get; private set; }

    /// <summary>PUBLISHes as they came, without the redeliveries at QoS 2 that the client recognised.</summary>
    public List<SentPacket> Messages { get; } = [];

    /// <summary>As <see cref="Messages"/>, with those that it answered with an error.</summary>
    public List<SentPacket> Seen { get; } = [];

    /// <summary>Messages that it answered with an error, which ends them.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Own messages whose PUBREC has come.</summary>
    public List<string> Accepted { get; } = [];

    public bool HasServerCrashed { get; set; }

    public bool IsIdle => _answers.Count == 0 && _publishing.Count == 0 && (Connection is null || _read == Connection.Packets.Count);

    public void Connected(FakeConnection connection, bool sessionPresent, int receiveMaximum)
    {
        Disconnected();
        Connection = connection;
        connection.OnSent = Check;
        _receiveMaximum = receiveMaximum;
        if (!sessionPresent) Forget();
    }

    /// <summary>There is no session any more.</summary>
    public void Forget()
    {
        _received.Clear();
        _publishing.Clear();
    }

    /// <summary>What it had not read, and what had not reached the session, is lost.</summary>
    public void Disconnected()
    {
        _answers.Clear();
        _unacknowledged.Clear();
        _read = 0;
        Connection = null;
    }

    /// <summary>After CONNACK: its own unfinished messages go again [MQTT5-4.4.0-1].</summary>
    public void Resend(Session session)
    {
        foreach (var (identifier, (text, isReceived)) in _publishing)
        {
            if (isReceived) _answers.Enqueue(new SentPacket(PacketType.PubRel, identifier));
            else session.PublishExactlyOnce(SimulatedWorld.Inbound(text, identifier));
        }
    }

    public void Publish(Session session)
    {
        var identifier = (ushort)random.Next(1, 4);
        if (Connection is null || _publishing.ContainsKey(identifier)) return;
        var text = $"in{++_published}";
        _publishing[identifier] = (text, false);
        session.PublishExactlyOnce(SimulatedWorld.Inbound(text, identifier));
    }

    public void ReadOne()
    {
        if (Connection is null || _read == Connection.Packets.Count) return;
        var packet = Connection.Packets[_read++];
        switch (packet.Type)
        {
            case PacketType.Publish:
                ReadPublish(packet);
                break;
            case PacketType.PubRel:
                _received.Remove(packet.Identifier);
                _answers.Enqueue(new SentPacket(PacketType.PubComp, packet.Identifier));
                break;
            case PacketType.PubRec:
                ReadPubRec(packet.Identifier);
                break;
            case PacketType.PubComp:
                Assert.True(_publishing.Remove(packet.Identifier, out var message) && message.IsReceived, $"{packet} was not asked for");
                break;
        }
    }

    /// <summary>Its oldest answer reaches the session.</summary>
    public void AnswerOne(Session session, long now)
    {
        if (!_answers.TryDequeue(out var answer)) return;
        // From here on the session may use the room: [MQTT5-4.9.0-2].
        if (answer.Type is PacketType.PubAck or PacketType.PubComp || answer.Reason >= ReasonCode.UnspecifiedError) _unacknowledged.Remove(answer.Identifier);
        switch (answer.Type)
        {
            case PacketType.PubAck: session.PubAck(answer.Identifier, answer.Reason, now); break;
            case PacketType.PubRec: session.PubRec(answer.Identifier, answer.Reason, now); break;
            case PacketType.PubRel: session.PubRel(answer.Identifier); break;
            case PacketType.PubComp: session.PubComp(answer.Identifier, now); break;
        }
    }

    /// <summary>Checks a packet when it is sent, before the client reads it.</summary>
    private void Check(SentPacket packet)
    {
        if (packet.Type != PacketType.Publish || packet.QoS == QoS.AtMostOnce) return;
        Assert.True(_unacknowledged.Add(packet.Identifier), $"{packet} is sent again on one connection");
        Assert.True(_unacknowledged.Count <= _receiveMaximum, $"{packet} exceeds the Receive Maximum");
        var isFirst = _everSent.Add(packet.Text);
        // A crash may take a QoS 1 identifier that was sent, and bring back one that was stored and not sent.
        if (!isFirst) Assert.True(packet.Duplicate || (HasServerCrashed && packet.QoS == QoS.AtLeastOnce), $"{packet} was sent before");
        else if (!HasServerCrashed) Assert.False(packet.Duplicate, $"{packet} was never sent before");
    }

    private void ReadPublish(SentPacket packet)
    {
        var isNew = packet.QoS < QoS.ExactlyOnce || _received.Add(packet.Identifier);
        if (!isNew) Assert.True(packet.Duplicate, $"{packet} uses an identifier that is not free");
        var refuses = packet.QoS > QoS.AtMostOnce && isNew && random.Next(30) == 0;
        if (isNew) Seen.Add(packet);
        if (refuses) Refused.Add(packet.Text);
        else if (isNew) Messages.Add(packet);
        if (refuses) _received.Remove(packet.Identifier);
        if (packet.QoS == QoS.AtMostOnce) return;
        var answer = packet.QoS == QoS.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec;
        _answers.Enqueue(new SentPacket(answer, packet.Identifier, Reason: refuses ? ReasonCode.UnspecifiedError : ReasonCode.Success));
    }

    private void ReadPubRec(ushort identifier)
    {
        Assert.True(_publishing.TryGetValue(identifier, out var message), $"PUBREC {identifier} was not asked for");
        if (!message.IsReceived) Accepted.Add(message.Text);
        _publishing[identifier] = message with { IsReceived = true };
        _answers.Enqueue(new SentPacket(PacketType.PubRel, identifier));
    }
}
