using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <content>The client as a subscriber: what comes, and when it is acknowledged.</content>
internal sealed partial class SoakClient
{
    private void OnPublish(OpenConnection connection, PublishFrame publish, long stamp)
    {
        if (round.Find(publish.Topic, publish.Payload) is not { } message)
        {
            Report("a message that nobody sent", null, $"{publish.Topic}, {publish.Payload.Length} bytes, {publish}");
            return;
        }

        round.Received(stamp);
        round.Counts.Add($"received QoS {publish.QoS}{(publish.Retain ? " retain" : "")}");
        var delivery = new Delivery(publish.QoS, publish.Retain, Delivery.IdentifiersOf(publish.Properties.SubscriptionIdentifiers));
        var copy = new Copy(message.Id, publish.Topic, delivery, stamp, publish.PacketIdentifier, publish.Dup);
        CheckContents(message, publish, stamp);
        if (publish.QoS == 0)
        {
            if (publish.Dup)
                Report("DUP at QoS 0", message, copy.ToString()); // [MQTT5-3.3.1-2]
            connection.Record!.Copies.Add(copy);
            return;
        }

        // What was first sent after this connection was accepted, no older one can have carried.
        var maySeeDup = _session!.Connections.Count > 1 && (message.IsWill || message.Begin < connection.Record!.Opened.End);
        if (_flows.Publish(connection.Number, copy, maySeeDup, out var flow, out var isNew) is { } fault)
            Report("a wrong PUBLISH", message, $"{copy} on connection {connection.Number}: {fault}");
        if (isNew)
            connection.Record!.Copies.Add(copy);
        else
            round.Counts.Add("received again");
        Schedule(connection, flow);
    }

    private void CheckContents(Message message, PublishFrame publish, long stamp)
    {
        if (publish.Topic != message.Topic || !Payloads.IsWhole(message, publish.Payload))
            Report("a damaged message", message, $"{publish.Topic}, {publish.Payload.Length} bytes");
        if (IsVersion5 && Payloads.Compare(message, publish.Properties, TimeSpan.FromTicks(stamp - message.Begin)) is { } fault)
            Report("damaged properties", message, fault);
    }

    private void OnPubRel(OpenConnection connection, AckFrame pubRel)
    {
        if (_flows.Released(connection.Number, pubRel.PacketIdentifier, out var flow) is { } fault)
            Report("a wrong PUBREL", null, $"{pubRel.PacketIdentifier} on connection {connection.Number}: {fault}");
        if (pubRel.ReasonCode != Reason.Success)
            Report("a wrong PUBREL", null, $"{pubRel.PacketIdentifier} says 0x{pubRel.ReasonCode:X2}");
        if (flow is { State: ReceiverFlowState.Released })
            Schedule(connection, flow);
    }

    private void Schedule(OpenConnection connection, ReceiverFlow flow)
    {
        if (connection.IsEnding)
            return;
        var due = connection.Style switch
        {
            _ when _isDraining => 0,
            AnswerStyle.Slow or AnswerStyle.Shuffled => Stamps.Next() + (_chance.Next(20, 600) * Stamps.Millisecond),
            AnswerStyle.Holding when _chance.Next(3) == 0 => Window.Never,
            _ => 0,
        };
        if (due == 0)
            Answer(connection, flow);
        else
            connection.Due.Add(new DueAnswer(flow, due));
    }

    private void Answer(OpenConnection connection, ReceiverFlow flow)
    {
        var type = flow.State == ReceiverFlowState.Released ? PacketType.PubComp : flow.QoS == 1 ? PacketType.PubAck : PacketType.PubRec;
        _flows.Answer(connection.Number, flow);
        connection.Link!.Send(Packet.Acknowledge(type, flow.PacketIdentifier));
    }

    /// <summary>Sends the acknowledgements whose time has come.</summary>
    private void SendDueAnswers()
    {
        lock (_gate)
        {
            if (_open is not { IsEnding: false } connection || connection.Due.Count == 0)
                return;
            var now = Stamps.Next();
            var due = connection.Style == AnswerStyle.Slow
                ? connection.Due.TakeWhile(answer => _isDraining || answer.Due <= now).ToArray()
                : [.. connection.Due.Where(answer => _isDraining || answer.Due <= now)];
            connection.Due.RemoveAll(answer => due.Contains(answer));
            if (connection.Style == AnswerStyle.Shuffled)
                _random.Shuffle(due);
            foreach (var answer in due)
                Answer(connection, answer.Flow);
        }
    }
}
