using OrleansBroker.Grains.Sessions;
using OrleansBroker.Mqtt.Codec;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Gateway.Connections;

/// <content>The end, whoever makes it: once, with DISCONNECT as the last packet where the version has one, and with a word to the session.</content>
internal sealed partial class Connection
{
    private bool _wasAttached;
    private bool _isSessionDone;
    private bool _isEndQueued;
    private bool _closesWhenKnown;

    /// <summary>Why it closes; only while it does.</summary>
    public CloseCause Cause { get; private set; }

    /// <summary>The session ends the connection and needs no word about it.</summary>
    public void Close(ReasonCode reason)
    {
        lock (this)
            _isSessionDone = true;
        BeginClose(CloseCause.Session, reason);
    }

    /// <inheritdoc/>
    public void Redirect(ReasonCode reason, string serverReference)
    {
        lock (this)
            _isSessionDone = true;
        BeginClose(CloseCause.Session, reason, serverReference: serverReference);
    }

    /// <summary>The transport has no more input: the client closed, or the network broke. What was received before is handled.</summary>
    public void InputEnded() =>
        BeginClose(CloseCause.NetworkEnd, ReasonCode.UnspecifiedError, last: null, new ConnectionEnd(ReasonCode.UnspecifiedError, PublishWill: true));

    /// <summary>The client used the transport in a way that MQTT forbids.</summary>
    public void TransportViolated(string text) => BeginClose(CloseCause.ProtocolViolation, ReasonCode.ProtocolError, text);

    /// <summary>No complete CONNECT in time, no end of its exchange, or no answer to it: closes, the first without an answer.</summary>
    public void ConnectTimedOut()
    {
        if (_phase == ConnectionPhase.AwaitingConnect)
            BeginClose(CloseCause.ConnectTimeout, ReasonCode.UnspecifiedError, last: null, end: null);
        else if (_phase is ConnectionPhase.Authenticating or ConnectionPhase.Connecting)
            AbandonConnect(_enhanced?.Run is { AwaitsClient: true } ? ReasonCode.NotAuthorized : ReasonCode.ServerUnavailable); // [MQTT5-4.12.0-4]
    }

    /// <summary>Something threw where nothing may: logged, and this connection alone is closed.</summary>
    public void Faulted(Exception fault)
    {
        _services.Log.Faulted(this, fault);
        BeginClose(CloseCause.Fault, ReasonCode.UnspecifiedError);
    }

    /// <summary>The node stops serving.</summary>
    public void Shutdown()
    {
        if (_phase is ConnectionPhase.Authenticating or ConnectionPhase.Connecting)
            AbandonConnect(ReasonCode.ServerUnavailable);
        else
            BeginClose(CloseCause.Shutdown, ReasonCode.ServerShuttingDown);
    }

    /// <summary>The node stops serving, while another one of its cluster goes on.</summary>
    public void SendElsewhere()
    {
        if (_phase is ConnectionPhase.Authenticating or ConnectionPhase.Connecting)
            AbandonConnect(ReasonCode.ServerUnavailable);
        else
            BeginClose(CloseCause.Shutdown, ReasonCode.UseAnotherServer);
    }

    /// <summary>The cluster cannot serve it through this node, while it may through another.</summary>
    public void CutOff()
    {
        if (_phase is ConnectionPhase.Authenticating or ConnectionPhase.Connecting)
            AbandonConnect(ReasonCode.ServerUnavailable);
        else
            BeginClose(CloseCause.CutOff, ReasonCode.ServerBusy, "This server is cut off from its cluster; connect to another one"); // 0x88 is CONNACK's alone
    }

    private void AbandonConnect(ReasonCode reason)
    {
        Refuse(reason);
        try
        {
            _connectTime?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // CONNECT was answered at this very moment.
        }
    }

    private ReceiveStatus FailInput(SpecViolation violation) =>
        _phase == ConnectionPhase.AwaitingConnect ? FailSilently(CloseCause.NotMqtt) : Fail(violation);

    private ReceiveStatus FailSilently(CloseCause cause)
    {
        BeginClose(cause, ReasonCode.MalformedPacket, last: null, end: null);
        return ReceiveStatus.Closed;
    }

    private ReceiveStatus Fail(SpecViolation violation) => Fail(SpecViolations.ReasonCodeOf(violation), SpecViolations.TextOf(violation));

    /// <summary>[MQTT5-4.13.1-1] [MQTT311-4.8.0-1]: a client that breaks the standard or a limit is told, where its version can be told, and closed.</summary>
    private ReceiveStatus Fail(ReasonCode reason, string text)
    {
        if (_phase is ConnectionPhase.Authenticating or ConnectionPhase.Connecting)
            return Refuse(reason, text); // [MQTT5-4.12.0-4] no DISCONNECT before CONNACK [MQTT5-3.14.0-1]
        BeginClose(CloseCause.ProtocolViolation, reason, text);
        return ReceiveStatus.Closed;
    }

    /// <summary>The session moved or its silo died: the client reconnects and finds it again.</summary>
    private ReceiveStatus FailSessionLost()
    {
        BeginClose(CloseCause.SessionLost, ReasonCode.ServerBusy);
        return ReceiveStatus.Closed;
    }

    private ReceiveStatus HandleDisconnect(ReadOnlySpan<byte> body)
    {
        var violation = PacketDecoder.DecodeDisconnect(_version, body, out var packet);
        if (violation != SpecViolation.None)
            return Fail(violation);
        if (packet!.SessionExpiryIntervalSeconds > 0 && _askedExpirySeconds == 0)
            return Fail(ReasonCode.ProtocolError, "A session that ends with its connection cannot be prolonged"); // MQTT5 section 3.14.2.2.2
        if (packet.UserProperties.Count > _services.Limits.MaxUserProperties)
            return Fail(ReasonCode.QuotaExceeded, TooManyProperties);

        uint? expiry = packet.SessionExpiryIntervalSeconds is { } asked
            ? Math.Min(asked, (uint)_services.Limits.MaxSessionExpiry.TotalSeconds)
            : null;
        // [MQTT5-3.14.4-3] [MQTT311-3.14.4-3]: only a normal end takes the will back.
        var end = new ConnectionEnd(packet.ReasonCode, packet.ReasonCode != ReasonCode.NormalDisconnection, expiry);
        BeginClose(CloseCause.ClientDisconnect, packet.ReasonCode, last: null, end);
        return ReceiveStatus.Closed;
    }

    /// <summary>An end from the broker's side: 5.0 clients get DISCONNECT, but never before CONNACK [MQTT5-3.14.0-1].</summary>
    private void BeginClose(CloseCause cause, ReasonCode reason, string? text = null, string? serverReference = null)
    {
        DisconnectPacket? packet = null;
        if (IsVersion5 && _phase == ConnectionPhase.Attached)
        {
            packet = new DisconnectPacket { ReasonCode = reason, ReasonString = text ?? ReasonTexts.OfConnection(reason), ServerReference = serverReference };
            packet = PacketEncoder.Fit(packet, _version, _maximumPacketSize);
        }

        BeginClose(cause, reason, packet, new ConnectionEnd(reason, PublishWill: true));
    }

    /// <summary>May run under a session's monitor: log and session hear of it on another thread.</summary>
    /// <param name="last">The last packet [MQTT5-3.14.4-1], or null.</param>
    /// <param name="end">What the session is told if it had the connection; null for what never was attached.</param>
    private void BeginClose(CloseCause cause, ReasonCode reason, ControlPacket? last, ConnectionEnd? end)
    {
        long report;
        bool wasAttached;
        lock (this)
        {
            if (_phase == ConnectionPhase.Closing)
                return;
            wasAttached = _phase == ConnectionPhase.Attached;
            if (last is not null && (last is ConnAckPacket) != (_phase == ConnectionPhase.Attached))
                AppendPacket(last);
            _phase = ConnectionPhase.Closing;
            Cause = cause;
            // Who said DISCONNECT and waits for the close may come again at once: the session knows of the end before the close goes out.
            _closesWhenKnown = cause == CloseCause.ClientDisconnect;
            if (!_closesWhenKnown)
                AskFlush(); // also without output: the flush that finds nothing more closes
            _isEndQueued = end is not null;
            var open = _window?.EndExactlyOnce() ?? default;
            report = ChangePending(-open.Count, -open.Bytes);
            _paused = false;
        }

        Report(report);
        _enhanced?.Run?.Cancel();
        _services.Registry.Close(this, cause, wasAttached);
        Enqueue(new ControlOperation(Closed: new ClosedConnection(cause, reason, end)), runsHere: false);
        NotifyOutput();
        // Whether or not a last packet was sent [MQTT5-3.14.4-2].
        _transport.Close();
    }

    /// <summary>The session has heard of the client's DISCONNECT: nothing holds the close back any more.</summary>
    private void CloseIsKnown()
    {
        lock (this)
        {
            if (!_closesWhenKnown)
                return;
            _closesWhenKnown = false;
            AskFlush();
        }

        NotifyOutput();
    }

    /// <summary>The session took a connection that is closing. If that was refused meanwhile, the session hears of its end only now.</summary>
    private void AttachedTooLate()
    {
        // The client was never told that it is connected: its will does not count.
        var end = new ConnectionEnd(ReasonCode.UnspecifiedError, PublishWill: false);
        BeginClose(CloseCause.Refused, ReasonCode.PacketTooLarge, last: null, end);
        if (!_isEndQueued)
            Enqueue(new ControlOperation(Closed: new ClosedConnection(CloseCause.Refused, end.Reason, end)), runsHere: false);
    }
}
