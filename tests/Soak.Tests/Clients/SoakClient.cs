using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>
/// A client id for one round: does at random what MQTT allows, and writes down all that it did and saw. Its steps follow one another;
/// what comes is handled at once by the connection's reader. Both hold <see cref="_gate"/>.
/// </summary>
internal sealed partial class SoakClient(ClientProfile profile, Round round, IReadOnlyList<Endpoint> endpoints, int seed)
{
    /// <summary>An answer that takes longer is a difference.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();

    /// <summary>For the steps; what the readers choose, they choose by <see cref="_chance"/> within the gate.</summary>
    private readonly Random _random = new(seed);
    private readonly Random _chance = new(~seed);
    private readonly List<SessionRecord> _sessions = [];
    private readonly MqttVersion _version = profile.Version;
    private ReceiverFlows _flows = new();
    private SessionRecord? _session;
    private OpenConnection? _open;
    private ConnectionEnd? _lastEnd;
    private (Message Message, long DelaySeconds)? _will;
    private int _connections;
    private int _lastPacketIdentifier;
    private bool _isDraining;

    public string ClientId => profile.ClientId;

    public IReadOnlyList<SessionRecord> Sessions => _sessions;

    private bool IsVersion5 => _version == MqttVersion.V50;

    private void OnFrame(OpenConnection connection, Frame frame, long stamp)
    {
        lock (_gate)
        {
            if ((connection.Record is null) != (frame.Type == PacketType.ConnAck))
            {
                // [MQTT5-3.2.0-1] [MQTT5-3.2.0-2]
                Report("CONNACK is not the first packet, or not the only one", null, frame.ToString());
                return;
            }

            Handle(connection, frame, stamp);
        }
    }

    private void Handle(OpenConnection connection, Frame frame, long stamp)
    {
        switch (frame.Type)
        {
            case PacketType.ConnAck:
                OnConnAck(connection, frame.ToConnAck(_version), stamp);
                break;
            case PacketType.Publish:
                OnPublish(connection, frame.ToPublish(_version), stamp);
                break;
            case PacketType.PubRel:
                OnPubRel(connection, frame.ToAck(_version));
                break;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp:
                OnAck(connection, frame.ToAck(_version), stamp);
                break;
            case PacketType.SubAck or PacketType.UnsubAck:
                OnSubAck(connection, frame, stamp);
                break;
            case PacketType.PingResp when connection.Barriers.TryDequeue(out var barrier):
                Pass(connection, barrier, stamp);
                break;
            case PacketType.Disconnect when connection.IsTakenOver && IsVersion5 && frame.ToDisconnect().ReasonCode == Reason.SessionTakenOver:
                break;
            default:
                Report("an unexpected packet", null, frame.ToString());
                break;
        }
    }

    private void OnSubAck(OpenConnection connection, Frame frame, long stamp)
    {
        if (connection.Answers.Remove(frame.ToSubAck(_version).PacketIdentifier, out var answer))
            answer.TrySetResult((frame, stamp));
        else
            Report("an answer that nobody asked for", null, frame.ToString());
    }

    /// <summary>The broker has read all that was sent before a PINGREQ.</summary>
    private void Pass(OpenConnection connection, Barrier barrier, long stamp)
    {
        _flows.Read(connection.Number, barrier.Answers);
        foreach (var attempt in barrier.AtMostOnce)
            attempt.Accepted(stamp + Stamps.Grace);
        barrier.Answered.TrySetResult();
    }

    /// <summary>Sends PINGREQ; false when the connection ended first.</summary>
    private async Task<bool> PingAsync()
    {
        Barrier barrier;
        lock (_gate)
        {
            if (_open is not { IsEnding: false } connection)
                return false;
            barrier = new Barrier(_flows.Answers(connection.Number), connection.AtMostOnce, OpenConnection.NewSource());
            connection.AtMostOnce = [];
            connection.Barriers.Enqueue(barrier);
            connection.Link!.Send(Packet.PingReq);
        }

        return await InTimeAsync(barrier.Answered.Task, "PINGREQ");
    }

    /// <summary>False when the answer did not come: the connection ended, or it took too long, which is reported.</summary>
    private async Task<bool> InTimeAsync(Task answer, string request)
    {
        try
        {
            await answer.WaitAsync(AnswerTimeout, TimeProvider.System);
            return true;
        }
        catch (TimeoutException)
        {
            Report("no answer", null, $"{request} within {AnswerTimeout}");
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private int NextPacketIdentifier()
    {
        do
            _lastPacketIdentifier = (_lastPacketIdentifier % ushort.MaxValue) + 1;
        while (_sent.Exists(flow => flow.PacketIdentifier == _lastPacketIdentifier));
        return _lastPacketIdentifier;
    }

    private void Report(string what, Message? message, string details) => round.Report(what, _session, message, $"{ClientId}: {details}");
}
