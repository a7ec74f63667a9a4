using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions;

/// <summary>The session's one deadline in the silo's wheel: keep-alive while connected, will delay and expiry while not.</summary>
internal sealed partial class SessionMonitor
{
    private readonly SessionDeadline _deadline;
    private long _lastPacketMilliseconds;
    private long _armedFor = Session.Never;
    private bool _wasUsed;

    /// <summary>The connection that was attached last; it may have ended. Read under the monitor.</summary>
    public ISessionConnection? Connection { get; private set; }

    /// <summary>A connection has come. Under the monitor.</summary>
    public void Watch(ISessionConnection connection)
    {
        Connection = connection;
        _lastPacketMilliseconds = Now;
        _armedFor = Session.Never;
    }

    /// <summary>CONNACK leaves now: silence counts from here, not from the CONNECT that the broker kept waiting. Under the monitor.</summary>
    public void Attached() => _lastPacketMilliseconds = Now;

    /// <summary>
    /// The session goes on elsewhere: the gateway of another silo hands the connection to the next activation, the client of a connection of this one finds it there.
    /// Under the monitor.
    /// </summary>
    public void CloseConnection()
    {
        if (Connection is not { } connection || !_session.IsCurrent(connection)) return;
        if (connection is not RemoteConnection remote)
        {
            connection.Close(ReasonCode.ServerBusy);
            return;
        }

        _session.HandOver(Now);
        remote.Moved();
    }

    /// <summary>A silo is dead: a connection of its gateway, awaited or not, has ended with it.</summary>
    public void GatewayDied(SiloAddress gateway) => Run(session =>
    {
        if (Connection is RemoteConnection remote && remote.Gateway.Equals(gateway)) session.Detach(remote, publishWill: true, null, _services.Clock.NextMilliseconds);
        if (gateway.Equals(AwaitedGateway)) session.NotReattached(_services.Clock.NextMilliseconds);
    });

    /// <summary>The wheel's turn.</summary>
    public void DeadlineReached() => Enter(new SessionWork(SessionWorkKind.Deadline));

    /// <summary>A remote gateway answered when its connection last heard of the client.</summary>
    public void ActivityReported(ISessionConnection connection, long lastPacketMilliseconds) => Run(session =>
    {
        if (!session.IsCurrent(connection)) return;
        _lastPacketMilliseconds = Math.Max(_lastPacketMilliseconds, lastPacketMilliseconds);
        CloseIfSilent();
    });

    /// <summary>A remote gateway has closed the connection without the session having heard of it.</summary>
    public void ConnectionGone(ISessionConnection connection, bool publishWill) =>
        Run(session => session.Detach(connection, publishWill, null, _services.Clock.NextMilliseconds));

    /// <summary>Whose gateway is to hand over the connection; while the session is awaited. Under the monitor.</summary>
    public SiloAddress? AwaitedGateway { get; set; }

    private void RunDeadline()
    {
        _armedFor = Session.Never;
        if (!_session.IsConnected)
        {
            _session.Due(Now);
            LeaveIfIdle();
            return;
        }

        // Before it closes anything the session asks the gateway for the latest time (design section 8).
        if (!TryReadLastPacket(out var lastPacket)) return;
        _lastPacketMilliseconds = Math.Max(_lastPacketMilliseconds, lastPacket);
        CloseIfSilent();
    }

    private bool TryReadLastPacket(out long lastPacket)
    {
        if (Connection is RemoteConnection remote) return remote.TryRead(out lastPacket);
        lastPacket = (Connection as IGatewayConnection)?.LastPacketMilliseconds ?? 0;
        return Connection is not null;
    }

    private void CloseIfSilent()
    {
        // [MQTT5-3.1.2-22] [MQTT311-3.1.2-24]: silent for one and a half times the keep-alive.
        if (!_session.IsSilent(_lastPacketMilliseconds, Now)) return;
        _services.Counters.Add(BrokerCounter.KeepAlivesExpired);
        _session.Disconnect(ReasonCode.KeepAliveTimeout, publishWill: true, _services.Clock.NextMilliseconds);
    }

    private void LeaveIfIdle()
    {
        if (LeavesAt() > Now) return;
        // A second look, whatever comes of it: the call may be lost.
        _lastPacketMilliseconds = Now;
        if (!_wasUsed && _session.IsIdle) _services.Lifetimes.Idle(Identity.ClientId);
        _wasUsed = false;
    }

    /// <summary>When the session leaves memory, unless it is used before: counted from its client's last packet, from the activation, or from the last look.</summary>
    private long LeavesAt()
    {
        if (_session.IsConnected || !_session.IsDurable || !_services.Loader.IsUseful) return Session.Never;
        if (_lastPacketMilliseconds == 0) _lastPacketMilliseconds = Now;
        return _lastPacketMilliseconds + (long)_services.Timing.OfflineIdle.TotalMilliseconds;
    }

    private void Arm()
    {
        var due = _closed ? Session.Never : Math.Min(_session.Deadline(_lastPacketMilliseconds), LeavesAt());
        if (due == _armedFor) return;
        _armedFor = due;
        if (due == Session.Never) _services.Wheel.Cancel(_deadline);
        else _services.Wheel.Schedule(_deadline, due);
    }
}
