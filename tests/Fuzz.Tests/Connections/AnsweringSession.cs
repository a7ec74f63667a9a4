using OrleansBroker.Broker.Messages;
using OrleansBroker.Fuzz.Tests.Generation;
using OrleansBroker.Gateway.Tests.Connections;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Fuzz.Tests.Connections;

/// <summary>Shards and session of one connection: they answer as real ones do, at once or late, and count what the connection has let in.</summary>
internal sealed class AnsweringSession
{
    private static readonly PartOutcome[] Outcomes =
        [PartOutcome.Done, PartOutcome.Done, PartOutcome.Done, PartOutcome.NoReceiver, PartOutcome.Refused, PartOutcome.NotStored];

    private readonly Lock _gate = new();
    private readonly ConnectionRig _rig;
    private readonly FuzzRandom _random;
    private readonly HeldWork _held;
    private readonly int _holdPercent;
    private readonly HashSet<ushort> _exactlyOnce = [];
    private readonly HashSet<ushort> _unanswered = [];
    private int _unsettled;
    private int _unsettledAtLeastOnce;
    private ushort _lastIdentifier;

    public AnsweringSession(ConnectionRig rig, FuzzRandom random, HeldWork held)
    {
        _rig = rig;
        _random = random;
        _held = held;
        _holdPercent = random.Pick<int>([0, 0, 30, 100]);
        rig.Router.Holds = true; // settled here
        rig.Router.OnPublish = Published;
        rig.Session.OnExactlyOnce = PublishedExactlyOnce;
        rig.Session.OnAcknowledged = Acknowledged;
        rig.Session.OnDrained = () => Deliver(toExisting: true);
        rig.Control.OnSubscribed = Subscribed;
        rig.Control.OnUnsubscribed = Unsubscribed;
    }

    /// <summary>The first limit that the connection let the client pass.</summary>
    public string? Failure { get; private set; }

    public int Accepted { get; private set; }

    /// <summary>Answers come from another thread: between an answer here and its packet there, what is counted may differ by one.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>A message for the client.</summary>
    public void Deliver(bool toExisting = false)
    {
        var properties = _random.Chance(50) ? [0x01, 0x01, 0x26, 0, 1, (byte)'n', 0, 1, (byte)'v'] : Array.Empty<byte>();
        var qos = (QoS)_random.Next(3);
        var length = _random.Chance(10) ? 3_000 : 10;
        var message = Wire.Message(
            _random.Chance(50) ? "a/b" : "deliveries/of/the/fake", new string('p', length), qos, properties, _random.Chance(30) ? 5_000 : Publication.NeverExpires);
        uint[]? identifiers = _random.Chance(30) ? [1, 268_435_455] : null;
        var duplicate = toExisting && qos != QoS.AtMostOnce;
        _rig.Connection.Publish(Wire.Outbound(message, qos == QoS.AtMostOnce ? (ushort)0 : NextIdentifier(), identifiers, 0, duplicate, _random.Chance(20)));
    }

    private void Published(Publication publication)
    {
        Accepted++;
        var isHeld = HoldsNext();
        if (publication.QoS == QoS.AtMostOnce && !isHeld)
        {
            publication.Settle(PartOutcome.Done);
            return;
        }

        if (isHeld)
            publication.Defer();
        Enter(publication.QoS == QoS.AtLeastOnce);
        var outcome = Outcomes[_random.Next(Outcomes.Length)];
        Answer(isHeld, () =>
        {
            Leave(publication.QoS == QoS.AtLeastOnce);
            publication.Settle(outcome);
        });
    }

    private void PublishedExactlyOnce(Publication publication)
    {
        Accepted++;
        var identifier = publication.PacketIdentifier;
        lock (_gate)
        {
            // What comes again before its PUBREL counts once.
            if (_exactlyOnce.Add(identifier))
                _unanswered.Add(identifier);
        }

        CheckBounds();
        var reason = _random.Chance(10) ? ReasonCode.QuotaExceeded : ReasonCode.Success;
        Answer(HoldsNext(), () =>
        {
            lock (_gate)
            {
                _unanswered.Remove(identifier);
                if (reason != ReasonCode.Success)
                    _exactlyOnce.Remove(identifier);
            }

            _rig.Connection.Acknowledge(PacketType.PubRec, identifier, reason);
        });
    }

    private void Acknowledged(PacketType type, ushort identifier, ReasonCode reason)
    {
        if (type == PacketType.PubRec && reason < ReasonCode.UnspecifiedError)
            Answer(HoldsNext(), () => _rig.Connection.Acknowledge(PacketType.PubRel, identifier, ReasonCode.Success));
        if (type != PacketType.PubRel)
            return;
        Answer(HoldsNext(), () =>
        {
            bool isKnown;
            lock (_gate)
            {
                isKnown = _exactlyOnce.Remove(identifier);
                _unanswered.Remove(identifier);
            }

            _rig.Connection.Acknowledge(PacketType.PubComp, identifier, isKnown ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound);
        });
    }

    private void Subscribed(SubscribePacket packet, ReasonCode[] refusals)
    {
        var codes = packet.Requests.Select((request, index) => refusals[index] != ReasonCode.Success ? refusals[index] : (ReasonCode)request.QoS);
        var subAck = new SubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = [.. codes], ReasonString = _random.Chance(20) ? "why" : null };
        Answer(HoldsNext(), () => _rig.Connection.SubAck(subAck));
    }

    private void Unsubscribed(UnsubscribePacket packet)
    {
        var codes = packet.Requests.Select(request => request.Filter is null ? ReasonCode.TopicFilterInvalid : ReasonCode.NoSubscriptionExisted);
        Answer(HoldsNext(), () => _rig.Connection.UnsubAck(new UnsubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = [.. codes] }));
    }

    private bool HoldsNext() => _random.Chance(_holdPercent);

    private void Answer(bool isHeld, Action answer)
    {
        if (isHeld)
            _held.Add(answer);
        else
            answer();
    }

    private void Enter(bool isAtLeastOnce)
    {
        lock (_gate)
        {
            _unsettled++;
            _unsettledAtLeastOnce += isAtLeastOnce ? 1 : 0;
        }

        CheckBounds();
    }

    private void Leave(bool isAtLeastOnce)
    {
        lock (_gate)
        {
            _unsettled--;
            _unsettledAtLeastOnce -= isAtLeastOnce ? 1 : 0;
        }
    }

    private void CheckBounds()
    {
        if (IsUncertain)
            return;
        lock (_gate)
        {
            var limits = _rig.Limits;
            if (_rig.Connection.Version == ProtocolVersion.Mqtt5 && _unsettledAtLeastOnce + _exactlyOnce.Count > limits.ReceiveMaximum)
                Failure ??= $"more than the Receive Maximum is accepted: {_unsettledAtLeastOnce} and {_exactlyOnce.Count}, {limits.ReceiveMaximum} allowed";
            if (_unsettled + _unanswered.Count > limits.MaxPendingPublishes)
                Failure ??= $"more is pending than allowed: {_unsettled} and {_unanswered.Count}, {limits.MaxPendingPublishes} allowed";
        }
    }

    private ushort NextIdentifier() => ++_lastIdentifier == 0 ? ++_lastIdentifier : _lastIdentifier;
}
