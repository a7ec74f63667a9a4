using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <content>The client as a publisher.</content>
internal sealed partial class SoakClient
{
    /// <summary>Below every server's Receive Maximum of this run.</summary>
    private const int MaxSent = 24;

    private const int MaxAliases = 16;

    /// <summary>QoS 1 and 2 messages that are not done, in the order in which they were sent.</summary>
    private readonly List<SenderFlow> _sent = [];

    private long _order;

    /// <summary>Publishes one message without waiting for its acknowledgement.</summary>
    /// <param name="topic">Null: one of the plan.</param>
    private void Publish(string? topic = null)
    {
        var message = CreateMessage(topic);
        if (message is null)
            return;
        lock (_gate)
        {
            if (_open is not { IsEnding: false } connection || _sent.Count >= MaxSent)
                return;
            message.Order = ++_order;
            message.Begin = Stamps.Next();
            var attempt = new Attempt(message.Begin);
            message.Attempts.Add(attempt);
            round.Add(message);
            var packetIdentifier = message.QoS == 0 ? 0 : NextPacketIdentifier();
            if (message.QoS == 0)
                connection.AtMostOnce.Add(attempt);
            else
                _sent.Add(new SenderFlow(packetIdentifier, message, attempt));
            connection.Link!.Send(ToPacket(connection, message, packetIdentifier));
        }

        round.Counts.Add($"publish QoS {message.QoS}{(message.Retain ? message.Length == 0 ? " clear" : " retain" : "")}");
    }

    private Message? CreateMessage(string? topic)
    {
        var kind = topic is null ? _random.Next(100) : 99;
        var (name, isRetained, length) = kind switch
        {
            < 4 => (round.Plan.TopicToClear(_random), true, 0),
            < 8 => (round.Plan.EmptyTopic(_random), false, 0),
            < 22 => (round.Plan.RetainedTopic(_random), true, ChooseLength()),
            _ => (topic ?? round.Plan.Topic(_random), false, ChooseLength()),
        };
        return name is null ? null : new Message
        {
            Id = Round.NextId(),
            ClientId = ClientId,
            Topic = name,
            QoS = _random.Next(3),
            Retain = isRetained,
            Length = length,
            Properties = ChooseProperties(),
        };
    }

    private int ChooseLength() => _random.Next(200) switch
    {
        0 => _random.Next(4_096, 65_536),
        < 20 => _random.Next(300, 4_097),
        _ => _random.Next(Payloads.HeaderBytes, 300),
    };

    private MessageProperties ChooseProperties() =>
        !IsVersion5 || _random.Next(2) == 0 ? MessageProperties.None : (MessageProperties)_random.Next((int)MessageProperties.All + 1);

    private byte[] ToPacket(OpenConnection connection, Message message, int packetIdentifier)
    {
        var properties = new List<byte[]>(Payloads.PropertiesOf(message));
        var topic = message.Topic;
        if (IsVersion5 && connection.Aliases.TryGetValue(topic, out var known) && _random.Next(2) == 0)
        {
            topic = "";
            properties.Add(Property.TopicAlias(known));
        }
        else if (IsVersion5 && _random.Next(8) == 0 && (connection.Aliases.ContainsKey(topic) || connection.Aliases.Count < MaxAliases))
        {
            connection.Aliases.TryAdd(topic, connection.Aliases.Count + 1);
            properties.Add(Property.TopicAlias(connection.Aliases[topic]));
        }

        return Packet.Publish(_version, topic, Payloads.Create(message), message.QoS, packetIdentifier, message.Retain, properties: properties);
    }

    /// <summary>PUBACK, PUBREC or PUBCOMP.</summary>
    private void OnAck(OpenConnection connection, AckFrame ack, long stamp)
    {
        var flow = _sent.Find(flow => flow.PacketIdentifier == ack.PacketIdentifier);
        var isExpected = flow is not null && ack.Type switch
        {
            PacketType.PubAck => flow.Message.QoS == 1,
            PacketType.PubRec => flow.Message.QoS == 2 && !flow.IsRecorded,
            _ => flow.IsReleased,
        };
        var isRight = ack.ReasonCode switch
        {
            Reason.Success => true,
            Reason.NoMatchingSubscribers => ack.Type != PacketType.PubComp,
            Reason.PacketIdentifierNotFound => ack.Type == PacketType.PubComp && flow is { IsReleasedAgain: true },
            _ => false,
        };
        if (!isExpected || !isRight)
            Report("an acknowledgement that is not due", flow?.Message, ack.ToString());
        if (flow is null || !isExpected)
            return;

        if (ack.Type == PacketType.PubRec)
        {
            flow.Attempt.Accepted(stamp + Stamps.Grace);
            flow.IsRecorded = true;
            // Sometimes PUBREL waits for a later step, or for another connection.
            if (!connection.IsEnding && (_isDraining || _chance.Next(8) > 0))
                SendRelease(connection, flow);
        }
        else
        {
            if (ack.Type == PacketType.PubAck)
                flow.Attempt.Accepted(stamp);
            _sent.Remove(flow);
        }

        if (ack.Type != PacketType.PubComp)
            flow.Message.Reason = ack.ReasonCode;
    }

    private static void SendRelease(OpenConnection connection, SenderFlow flow)
    {
        flow.IsReleased = true;
        connection.Link!.Send(Packet.Acknowledge(PacketType.PubRel, flow.PacketIdentifier));
    }

    /// <summary>PUBRELs that were held back, in the order of their PUBRECs.</summary>
    private void SendHeldReleases()
    {
        lock (_gate)
        {
            if (_open is not { IsEnding: false } connection)
                return;
            foreach (var flow in _sent.Where(flow => flow is { IsRecorded: true, IsReleased: false }))
                SendRelease(connection, flow);
        }
    }

    /// <summary>After CONNACK with Session Present [MQTT5-4.4.0-1] [MQTT5-4.6.0-1].</summary>
    private void SendAgain(OpenConnection connection)
    {
        foreach (var flow in _sent)
        {
            if (flow.IsRecorded)
            {
                flow.IsReleasedAgain |= flow.IsReleased;
                SendRelease(connection, flow);
                continue;
            }

            // A QoS 1 message that is sent again is another one for the broker; one of QoS 2 it must know again.
            if (flow.Message.QoS == 1)
            {
                flow.Attempt = new Attempt(Stamps.Next());
                flow.Message.Attempts.Add(flow.Attempt);
            }

            round.Counts.Add("publish again");
            connection.Link!.Send(Packet.Publish(
                _version, flow.Message.Topic, Payloads.Create(flow.Message), flow.Message.QoS, flow.PacketIdentifier, flow.Message.Retain, dup: true, Payloads.PropertiesOf(flow.Message)));
        }
    }
}
