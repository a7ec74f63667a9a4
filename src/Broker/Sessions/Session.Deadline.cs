using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Sessions;

/// <summary>Time: keep-alive while connected, will delay and session expiry while not.</summary>
public sealed partial class Session
{
    /// <summary>Value of a deadline that never comes.</summary>
    public const long Never = long.MaxValue;

    private int _willsUnderway;

    /// <summary>
    /// Monotonic milliseconds at which <see cref="Due"/> must be called again, given the last packet's time; <see cref="Never"/> for none.
    /// </summary>
    public long Deadline(long lastPacketMilliseconds)
    {
        if (!Exists) return Never;
        if (_connection is not null)
        {
            // One and a half times the Keep Alive [MQTT5-3.1.2-22] [MQTT311-3.1.2-24]; 1500 ms per second; 0 is off.
            // Until CONNACK has left it is the client that waits.
            return KeepAliveSeconds == 0 || _attaching ? Never : lastPacketMilliseconds + (KeepAliveSeconds * 1500L);
        }

        if (IsAwaited) return _awaitedUntil;
        var due = After(ExpiryIntervalSeconds);
        return Will is null ? due : Math.Min(due, After(Will.DelaySeconds));
    }

    /// <summary>The keep-alive of the connection has run out; the caller has asked the gateway for the last packet's time.</summary>
    public bool IsSilent(long lastPacketMilliseconds, long nowMilliseconds) =>
        _connection is not null && Deadline(lastPacketMilliseconds) <= nowMilliseconds;

    /// <summary>Publishes the will and ends the session if their time has come; only without connection.</summary>
    public void Due(long nowMilliseconds)
    {
        if (!Exists || _connection is not null) return;
        if (_awaitedUntil <= nowMilliseconds) NotReattached(nowMilliseconds);
        if (!Exists) return;
        if (IsExpired(nowMilliseconds))
        {
            _counters.Add(BrokerCounter.SessionsExpired);
            EndSession(ExpiryIntervalSeconds == 0 ? PresenceChange.Ended : PresenceChange.Expired); // [MQTT5-4.1.0-2]
        }
        else if (Will is not null && After(Will.DelaySeconds) <= nowMilliseconds)
        {
            PublishWill();
        }
    }

    private bool IsExpired(long now) => _connection is null && Exists && After(ExpiryIntervalSeconds) <= now; // [MQTT5-4.1.0-1] [MQTT311-4.1.0-2]

    private long After(uint seconds) =>
        seconds == uint.MaxValue || DisconnectedAtMilliseconds is not { } since ? Never : since + (seconds * 1000L);

    /// <summary>A will that its shard has not taken yet is due: after a crash it is published again.</summary>
    private ulong PutIndexes()
    {
        var due = _connection is not null || IsAwaited ? Never : _willsUnderway > 0 ? DisconnectedAtMilliseconds ?? Never : Deadline(0);
        return _journal?.PutIndexes(_connection is not null || IsAwaited, due) ?? 0;
    }

    private void PublishWill()
    {
        var will = Will;
        if (will is null) return;
        Will = null;
        // Nobody reports a QoS 0 will as done: it leaves the journal with its publication.
        if (will.QoS == QoS.AtMostOnce) _journal?.RemoveWill();
        else _willsUnderway++;
        PutIndexes();
        Effect(SessionEffect.PublishWill(will));
    }

    /// <summary>A QoS 1 or 2 will has been taken by its shard: its record goes, unless another will stands there by now.</summary>
    public void WillDone()
    {
        if (_willsUnderway > 0) _willsUnderway--;
        if (Will is null && _willsUnderway == 0) (_journal ?? _endedJournal)?.RemoveWill();
        if (_willsUnderway == 0) PutIndexes();
        TellEnded();
    }

    private void ReplaceWill(WillMessage? will)
    {
        if (Will is not null && will is null) _journal?.RemoveWill();
        Will = will;
        if (will is not null) _journal?.PutWill(will);
    }
}
