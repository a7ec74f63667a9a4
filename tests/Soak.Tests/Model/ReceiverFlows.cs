namespace OrleansBroker.Soak.Tests.Model;

/// <summary>
/// The packet identifiers that the broker uses towards one session, over all its connections: none is used for two messages at once, nothing is sent again
/// on the same connection, what is sent again says so, and Receive Maximum is kept.
/// </summary>
internal sealed class ReceiverFlows
{
    private readonly Dictionary<int, ReceiverFlow> _flows = [];
    private readonly Dictionary<int, long> _answers = [];
    private readonly Dictionary<int, Queue<ReceiverFlow>> _unread = [];
    private readonly Dictionary<int, long> _read = [];
    private readonly HashSet<int> _outstanding = [];
    private readonly long[] _lastAgain = new long[3];
    private long _lastPlace;
    private int _connection;
    private int _receiveMaximum;

    /// <summary>What the client still owes an answer to, or waits for.</summary>
    public IEnumerable<ReceiverFlow> Open => _flows.Values.Where(flow => flow.State != ReceiverFlowState.Done);

    /// <summary>A newer connection of the session: its window is empty.</summary>
    public void Connected(int connection, int receiveMaximum)
    {
        _connection = connection;
        _receiveMaximum = receiveMaximum;
        _outstanding.Clear();
        Array.Clear(_lastAgain);
    }

    /// <summary>A PUBLISH of QoS 1 or 2.</summary>
    /// <param name="maySeeDup">The broker may have sent this message on an older connection, and nobody read it there.</param>
    /// <param name="isNew">False for a redelivery of a flow.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Publish(int connection, Copy copy, bool maySeeDup, out ReceiverFlow flow, out bool isNew)
    {
        isNew = true;
        string? fault = null;
        var packetIdentifier = copy.PacketIdentifier;
        if (_flows.TryGetValue(packetIdentifier, out flow!) && IsRedelivery(flow, copy))
        {
            isNew = false;
            fault = Redelivered(connection, flow, copy);
        }
        else if (flow is { State: not ReceiverFlowState.Done })
        {
            fault = $"the identifier is in use for {flow.Copy}, {flow.State}";
        }
        else if (copy.Dup && !maySeeDup)
        {
            fault = "DUP on the first delivery";
        }

        if (isNew)
            _flows[packetIdentifier] = flow = new ReceiverFlow(copy, connection, ++_lastPlace);
        if (connection == _connection && _outstanding.Add(packetIdentifier) && _outstanding.Count > _receiveMaximum)
            fault ??= $"Receive Maximum of {_receiveMaximum} exceeded"; // [MQTT5-3.3.4-9]
        return fault;
    }

    /// <summary>PUBREL; the flow whose PUBCOMP is due, or null when it was finished before.</summary>
    public string? Released(int connection, int packetIdentifier, out ReceiverFlow? flow)
    {
        if (!_flows.TryGetValue(packetIdentifier, out flow))
            return "PUBREL for an identifier that is not in use";
        if (flow.QoS != 2)
            return $"PUBREL for {flow.Copy}";
        var fault = flow.State switch
        {
            ReceiverFlowState.Received => "PUBREL before PUBREC",
            _ when flow.ReleasedOn == connection => "PUBREL twice on one connection",
            ReceiverFlowState.Done when IsRead(flow) => "PUBREL again although PUBCOMP was read",
            _ => null,
        };
        flow.ReleasedOn = connection;
        flow.State = ReceiverFlowState.Released;
        return fault;
    }

    /// <summary>The client answers: PUBACK or PUBREC if <see cref="ReceiverFlowState.Received"/> or PUBREC again, PUBCOMP if <see cref="ReceiverFlowState.Released"/>.</summary>
    public void Answer(int connection, ReceiverFlow flow)
    {
        var place = _answers[connection] = _answers.GetValueOrDefault(connection) + 1;
        flow.Answered = (connection, place);
        flow.State = flow.State == ReceiverFlowState.Released || flow.QoS == 1 ? ReceiverFlowState.Done : ReceiverFlowState.Recorded;
        if (flow.State != ReceiverFlowState.Done)
            return;
        if (connection == _connection)
            _outstanding.Remove(flow.PacketIdentifier);
        if (!_unread.TryGetValue(connection, out var unread))
            _unread[connection] = unread = [];
        unread.Enqueue(flow);
    }

    /// <summary>How many answers have left on the connection.</summary>
    public long Answers(int connection) => _answers.GetValueOrDefault(connection);

    /// <summary>The broker has read this many answers of the connection, and all before them.</summary>
    public void Read(int connection, long answers)
    {
        _read[connection] = Math.Max(answers, _read.GetValueOrDefault(connection));
        if (!_unread.TryGetValue(connection, out var unread))
            return;
        while (unread.TryPeek(out var flow) && (flow.Answered.Connection != connection || flow.Answered.Place <= _read[connection]))
        {
            // One that came again meanwhile is not done with, or will be answered elsewhere.
            if (flow.State == ReceiverFlowState.Done && flow.Answered.Connection == connection)
                flow.Copy.IsAcknowledged = true;
            unread.Dequeue();
        }
    }

    private bool IsRead(ReceiverFlow flow) => _read.GetValueOrDefault(flow.Answered.Connection) >= flow.Answered.Place && flow.Answered.Place > 0;

    /// <summary>The same message under the same identifier; one that was done with is sent again only if the broker did not read that.</summary>
    private bool IsRedelivery(ReceiverFlow flow, Copy copy) =>
        flow.Copy.MessageId == copy.MessageId && flow.QoS == copy.Delivery.QoS && (flow.State != ReceiverFlowState.Done || (copy.Dup && !IsRead(flow)));

    private string? Redelivered(int connection, ReceiverFlow flow, Copy copy)
    {
        // [MQTT5-4.4.0-1]: after a reconnect, and at no other time.
        if (flow.Connection == connection)
            return "sent twice on one connection";
        if (!copy.Dup)
            return "sent again without DUP"; // [MQTT5-3.3.1-1] [MQTT311-3.3.1-1]
        if (copy.Delivery != flow.Copy.Delivery)
            return $"sent again with a difference, it was {flow.Copy}";
        if (flow.QoS == 2 && (flow.State is ReceiverFlowState.Released or ReceiverFlowState.Done || (flow.State == ReceiverFlowState.Recorded && IsRead(flow))))
            return $"sent again although PUBREC was read, {flow.State}";
        flow.Connection = connection;
        flow.State = ReceiverFlowState.Received;
        if (connection != _connection)
            return null;
        // In the order of the first deliveries [MQTT5-4.6.0-6] [MQTT311-4.6.0-6].
        var isInOrder = flow.Place > _lastAgain[flow.QoS];
        _lastAgain[flow.QoS] = flow.Place;
        return isInOrder ? null : "sent again out of order";
    }
}
