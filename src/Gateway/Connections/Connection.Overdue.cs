using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>
/// Messages that the broker cannot acknowledge because the store does not answer: after <see cref="Broker.Options.TimingOptions.StoreWait"/> a 5.0 client is told so (0x97), a 3.x client, whose
/// protocol has no word for it, is closed after three times that. Looked at once a second: what was open at one look and still is after the time, has waited for it.
/// </content>
internal sealed partial class Connection
{
    /// <summary>How many times the store's wait a 3.x client is kept without an answer: 30 s by default.</summary>
    private const int WaitsOfVersion3 = 3;

    /// <summary>Called by one thread at a time.</summary>
    public void SweepOverdue(long nowMilliseconds, long waitMilliseconds)
    {
        if (Volatile.Read(ref _pendingCount) == 0)
            return;
        ushort[] refused = [];
        var isOver = false;
        lock (this)
        {
            if (_window is null || _phase != ConnectionPhase.Attached)
                return;
            if (_window.Overdue is not { } overdue || !overdue.IsOpen(_window))
                _window.Overdue = overdue = new OverdueWatch(nowMilliseconds, _window.Next, _window.NextExactlyOnce);
            var waited = nowMilliseconds - overdue.SinceMilliseconds;
            if (IsVersion5 && waited >= waitMilliseconds)
                refused = RefuseOverdue(overdue);
            else
                isOver = !IsVersion5 && waited >= WaitsOfVersion3 * waitMilliseconds;
        }

        NotifyOutput();
        foreach (var packetIdentifier in refused)
            _session?.RefuseOverdue(this, packetIdentifier);
        if (isOver)
            BeginClose(CloseCause.StoreUnavailable, ReasonCode.ServerUnavailable);
    }

    /// <summary>A message that is refused stays pending until it is settled: it takes memory as long.</summary>
    /// <returns>The QoS 2 messages among them, whose session refuses them.</returns>
    private ushort[] RefuseOverdue(OverdueWatch overdue)
    {
        _window!.Overdue = null;
        _window.SettleBefore(overdue.Next, ReasonCode.QuotaExceeded);
        AcknowledgeSettled();
        return _window.AwaitingPubRecBefore(overdue.NextExactlyOnce);
    }
}
