using OrleansBroker.Broker.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>
/// Messages that are not done: they bound what is read (invariant B11) and acknowledge in order. A QoS 1 message is pending until it is settled, a QoS 2
/// message until its PUBREC, a QoS 0 message only while a shard holds it in its inbox.
/// </content>
internal sealed partial class Connection
{
    // Control operations that wait behind the one in flight; at the bound SUBSCRIBE and UNSUBSCRIBE stay unread.
    private const int MaxQueuedControl = 64;

    private InboundWindow? _window;
    private int _pendingCount;
    private long _pendingBytes;
    private long _reportedBytes;
    private bool _isReceiving;
    private volatile bool _paused;
    private bool _waitsForGateway;

    /// <inheritdoc/>
    public void Deferred(Publication publication)
    {
        if (publication.QoS != QoS.AtMostOnce)
            return; // counted when it came

        long report;
        lock (this)
            report = ChangePending(1, publication.SizeBytes);
        Report(report);
    }

    /// <inheritdoc/>
    public void Settled(Publication publication, ReasonCode reason) => Settle(publication.Token, publication.SizeBytes, Publication.ToAck(reason), publication.QoS);

    /// <summary>The gateway as a whole is below its bound again.</summary>
    public void GatewayHasRoom()
    {
        lock (this)
            _waitsForGateway = false;
        TryResume();
    }

    /// <summary>A reason to pause may have gone: feeds again if all have.</summary>
    private void TryResume()
    {
        bool resumes;
        bool waits;
        lock (this)
        {
            var hasRoom = _paused && HasRoom();
            resumes = hasRoom && !_services.Pending.IsFull;
            waits = hasRoom && !resumes && !_waitsForGateway;
            _waitsForGateway |= waits;
            _paused &= !resumes;
        }

        if (resumes)
        {
            // The time without reading was the broker's (invariant B11): keep-alive counts from here.
            Volatile.Write(ref _lastPacketMilliseconds, _services.Clock.NowMilliseconds);
            _transport.ResumeInput();
        }

        if (waits)
            _services.Pending.Wait(this);
    }

    private void Settle(long number, int bytes, ReasonCode reason, QoS qos = QoS.AtLeastOnce)
    {
        long report;
        TimeSpan? sample = null;
        lock (this)
        {
            report = ChangePending(-1, -bytes);
            if (qos == QoS.AtLeastOnce)
                sample = AcknowledgeInOrder(number, reason);
        }

        NotifyOutput();
        if (sample is { } took)
            _services.Instruments?.PubAckLeft(took);
        Report(report);
        if (_paused)
            TryResume();
    }

    private TimeSpan? AcknowledgeInOrder(long number, ReasonCode reason)
    {
        _window!.Settle(number, reason);
        AcknowledgeSettled();
        return _window.TakeSample();
    }

    private void AcknowledgeSettled()
    {
        while (_window!.TryTakeSettled(_services.Clock.TimeProvider, out var packetIdentifier, out var settled))
            AppendAck(PacketType.PubAck, packetIdentifier, settled); // [MQTT5-4.3.2-4] [MQTT311-4.3.2-2] [MQTT5-4.3.2-5]
    }

    /// <summary>A QoS 1 PUBLISH begins; false when the client has exceeded the Receive Maximum that it was told.</summary>
    private bool TryOpenAtLeastOnce(ushort packetIdentifier, int bytes, out long number)
    {
        lock (this)
        {
            number = -1;
            _window ??= new InboundWindow();
            if (IsQuotaUsedUp())
                return false;
            number = _window.Add(packetIdentifier, _services.Clock.TimeProvider);
            _isReceiving = true;
            ChangePending(1, bytes);
            return true;
        }
    }

    /// <summary>A QoS 2 PUBLISH begins, or comes again before its PUBREL, which counts once.</summary>
    private bool TryOpenExactlyOnce(ushort packetIdentifier, int bytes, out bool isAgain)
    {
        lock (this)
        {
            _window ??= new InboundWindow();
            isAgain = _window.Holds(packetIdentifier);
            if (isAgain)
                return true;
            if (IsQuotaUsedUp())
                return false;
            _window.AddExactlyOnce(packetIdentifier, bytes);
            _isReceiving = true;
            ChangePending(1, bytes);
            return true;
        }
    }

    /// <summary>Only 5.0 clients know the Receive Maximum [MQTT5-3.3.4-7]; 3.x is held by not being read.</summary>
    private bool IsQuotaUsedUp() => IsVersion5 && _window!.Count >= _services.Limits.ReceiveMaximum;

    /// <summary>PUBREC or PUBCOMP leaves: what it ends is no longer pending.</summary>
    /// <returns>See <see cref="ChangePending"/>.</returns>
    private long CloseExactlyOnce(PacketType type, ushort packetIdentifier, ReasonCode reason)
    {
        var bytes = _window?.Release(packetIdentifier) ?? -1;
        if (type == PacketType.PubComp || reason >= ReasonCode.UnspecifiedError)
            _window?.Complete(packetIdentifier);
        return bytes < 0 ? 0 : ChangePending(-1, -bytes);
    }

    /// <returns>Bytes to <see cref="Report"/> once the lock is left; during a turn none, its end does it once.</returns>
    private long ChangePending(int count, long bytes)
    {
        _pendingCount += count;
        _pendingBytes += bytes;
        return _isReceiving ? 0 : TakeReport();
    }

    private long TakeReport()
    {
        var report = _pendingBytes - _reportedBytes;
        _reportedBytes = _pendingBytes;
        return report;
    }

    private void Report(long bytes)
    {
        if (bytes != 0)
            _services.Pending.Add(bytes);
    }

    private void EndReceiving()
    {
        long report;
        lock (this)
        {
            _isReceiving = false;
            report = TakeReport();
        }

        Report(report);
    }

    private bool MustPause()
    {
        var isFull = _services.Pending.IsFull;
        if (!isFull && !IsAtOwnBound())
            return false;

        lock (this)
        {
            // Again under the lock: what settled meanwhile found nobody to wake.
            if (!isFull && !IsAtOwnBound())
                return false;
            _paused = true;
        }

        // Finds what is to be waited for, and that it has not gone meanwhile.
        TryResume();
        return true;
    }

    private bool IsAtOwnBound() =>
        _pendingCount >= _services.Limits.MaxPendingPublishes || Volatile.Read(ref _pendingBytes) >= _services.Limits.MaxPendingBytes;

    /// <summary>Half of the bound: a connection at its limit is not woken for every single message.</summary>
    private bool HasRoom() =>
        _pendingCount <= _services.Limits.MaxPendingPublishes / 2
        && _pendingBytes <= _services.Limits.MaxPendingBytes / 2
        && (_control?.Count ?? 0) <= MaxQueuedControl / 2;
}
