using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions.Simulation;

/// <summary>
/// One session between a client, a journal that commits late, shards that settle late and a node that may die. Every step is one
/// random event; <see cref="Finish"/> lets everything come to rest and checks what must hold then.
/// </summary>
internal sealed partial class SimulatedWorld
{
    private readonly Random _random;
    private readonly bool _crashes;
    private readonly LimitsOptions _limits;
    private readonly BrokerCounters _counters = new();
    private readonly FakeJournal _journal = new();
    private readonly SimulatedClient _client;
    private Session _session;
    private (FakeConnection Connection, AttachResult Result, ushort ReceiveMaximum)? _attach;
    private FakeConnection? _attached;
    private ulong _committed;
    private long _now = 1_000_000;
    private long _connections;
    private long _incarnations;
    private bool _hasCrashed;
    private bool _wantsCleanStart;
    private bool _finishing;

    public SimulatedWorld(int seed, bool crashes)
    {
        _random = new Random(seed);
        _crashes = crashes;
        _limits = new LimitsOptions { QueueQoS0 = _random.Next(2) == 0 };
        _client = new SimulatedClient(_random);
        _session = new Session("client", _limits, _counters);
    }

    public static Publication Inbound(string text, ushort identifier) =>
        Publications.Of(text, QoS.ExactlyOnce, publisherClientId: "client", packetIdentifier: identifier);

    public void Step()
    {
        var isAway = _attached is null && _attach is null;
        switch (isAway && _random.Next(4) == 0 ? 0 : _random.Next(1, 36))
        {
            case 0: BeginConnect(); break;
            case < 3: CompleteConnect(); break;
            case 3: if (_random.Next(4) == 0) BeginConnect(); break;
            case 4: if (_random.Next(2) == 0) Disconnect(); break;
            case 5: PassTime(); break;
            case 6: Subscribe(); break;
            case 7: if (_random.Next(3) == 0) Unsubscribe(); break;
            case 8: DeliverRetained(); break;
            case < 12: Offer(); break;
            case 12: Drain(); break;
            case < 16: Commit(); break;
            case 16: _client.Publish(_session); break;
            case < 20: SettleOne(); break;
            case < 24: Deliver(); break;
            case < 29: _client.ReadOne(); break;
            case 29: ReturnShared(); break;
            case 30 when _crashes && _random.Next(10) == 0: Crash(); break;
            default: _client.AnswerOne(_session, _now); break;
        }

        RunEffects();
    }

    private void BeginConnect()
    {
        if (_crashes && _attach is { Result.SessionPresent: false }) return;
        var expiry = _random.Next(6) == 0 ? SessionRig.Transient : SessionRig.Durable;
        // A client that wants to begin anew asks until it is heard.
        var cleanStart = _wantsCleanStart |= !_finishing && _random.Next(15) == 0;
        var receiveMaximum = (ushort)_random.Next(1, 6);
        if (_finishing) expiry = SessionRig.Durable;
        _client.Disconnected();
        if (_attach is not null) Abandoned();
        if (cleanStart) _client.Forget();
        _attached = null;
        var connection = new FakeConnection(++_connections)
        {
            Room = _finishing ? int.MaxValue : _random.Next(20),
            OnSent = static packet => Assert.Fail($"{packet} before CONNACK or after the end"),
        };
        var parameters = new ConnectParameters
        {
            ClientId = "client",
            Version = ProtocolVersion.Mqtt5,
            CleanStart = cleanStart,
            SessionExpiryIntervalSeconds = expiry,
            KeepAliveSeconds = 0,
            ReceiveMaximum = receiveMaximum,
            Will = _random.Next(3) == 0 ? new WillMessage("w"u8.ToArray(), 1, 0, (QoS)_random.Next(3), false, (uint)_random.Next(50), null) : null,
        };
        var result = _session.BeginAttach(connection, parameters, ++_incarnations, _journal, _now);
        Attaching(result, cleanStart);
        _attach = (connection, result, receiveMaximum);
        if (!result.SessionPresent) SessionEnded();
    }

    private void CompleteConnect()
    {
        if (_attach is not { } attach) return;
        // After a crash a new session that was abandoned may come back, and its client, as after a lost CONNACK, cannot know.
        if (!_finishing && _random.Next(15) == 0 && (attach.Result.SessionPresent || !_crashes))
        {
            _session.AbandonAttach(attach.Connection, _now);
            Abandoned();
            _attach = null;
            return;
        }

        if (_committed < attach.Result.Number) return;
        _attach = null;
        _client.Connected(attach.Connection, attach.Result.SessionPresent, attach.ReceiveMaximum);
        _session.CompleteAttach(attach.Connection, _now);
        _attached = attach.Connection;
        _wantsCleanStart = false;
        Attached();
        _client.Resend(_session);
    }

    private void Disconnect()
    {
        if (_attached is null) return;
        var connection = _attached;
        _attached = null;
        _client.Disconnected();
        connection.OnSent = static packet => Assert.Fail($"{packet} after the end");
        uint? expiry = _random.Next(15) == 0 ? 0 : null;
        Assert.True(_session.Detach(connection, _random.Next(2) == 0, expiry, _now));
        Detached();
        if (!_session.Exists) SessionEnded();
    }

    private void PassTime()
    {
        _now += _random.Next(1, 20) * 1000;
        if (_random.Next(2) == 0) return;
        _session.Due(_now);
        if (!_session.Exists) SessionEnded();
    }

    private void Drain()
    {
        if (_attached is null) return;
        _attached.Room = _finishing ? int.MaxValue : _attached.Room + _random.Next(20);
        if (!_attached.AwaitsRoom) return;
        _attached.AwaitsRoom = false;
        _session.OutputDrained(_now);
    }

    private void Commit()
    {
        var pending = _journal.PendingNumbers;
        _committed = _journal.Commit(pending.Length == 0 || _finishing ? ulong.MaxValue : pending[_random.Next(pending.Length)]);
        _session.Committed(_committed, _now);
    }

    private void Crash()
    {
        _hasCrashed = true;
        var attaching = _attach is { Result.SessionPresent: false } ? _session.Incarnation : 0;
        _client.HasServerCrashed = true;
        _client.Disconnected();
        (_attach, _attached) = (null, null);
        _journal.Crash();
        _underway.Clear();
        AbandonUnsettled();
        // A session that ends with its connection ends with the node; CONNACK promised that no older one comes back.
        if (_attached is not null && !_session.IsDurable) _hasSession = false;
        if (!_session.IsDurable) SessionEnded();
        _session = new Session("client", _limits, _counters);
        if (!_journal.Restore(_session, _now)) SessionEnded();
        // A CONNACK that the crash swallowed: the client cannot know of the new session, and the standard has no answer. Let it know.
        if (attaching != 0 && attaching == _session.Incarnation) _client.Forget();
        RestoreSubscriptions();
    }

    private void RunEffects()
    {
        var session = _session;
        while (session.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case SessionEffectKind.Forward:
                    Forward(session, (Publication)effect.Target!);
                    break;
                case SessionEffectKind.ReturnShared:
                    TakeBack(session, (Publication)effect.Target!);
                    break;
                case SessionEffectKind.PublishWill when ((WillMessage)effect.Target!).QoS > QoS.AtMostOnce:
                    _underway.Add(() => session.WillSettled(Publications.Of("will"), ReasonCode.Success));
                    break;
                case SessionEffectKind.Ended when !session.Exists:
                    // The grain deletes the journal and goes; the next CONNECT finds another activation.
                    _journal.Delete();
                    _session = new Session("client", _limits, _counters);
                    break;
            }
        }
    }

    /// <summary>Hands what a session sent out back to it when it is settled.</summary>
    private sealed class Caller(SimulatedWorld world, Session session) : IPublisher
    {
        public void Deferred(Publication publication)
        {
            // Nothing is counted here.
        }

        public void Settled(Publication publication, ReasonCode reason) => session.InboundSettled(publication, reason, world._now);
    }
}
