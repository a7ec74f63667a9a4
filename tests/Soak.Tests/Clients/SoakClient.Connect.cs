using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <content>CONNECT: a first one, a return, or a takeover of the client's own connection.</content>
internal sealed partial class SoakClient
{
    private const int LargestWindow = 65_535;

    public async Task<bool> ConnectAsync(bool isCleanStart)
    {
        var older = _open;
        var connection = Prepare(isCleanStart);
        var link = await Link.OpenAsync(
            endpoints[_random.Next(endpoints.Count)], _version, older?.Link?.Ended ?? Task.CompletedTask, (frame, stamp) => OnFrame(connection, frame, stamp));
        _ = WatchAsync(connection, link);
        lock (_gate)
        {
            if (older is { IsEnding: false })
            {
                older.IsTakenOver = true;
                older.Record!.CloseBegin = Stamps.Next();
                older.Record.Ending = "taken over";
            }

            connection.Link = link;
            connection.ConnectBegin = Stamps.Next();
            if (connection.Will is { } will)
                will.Message.Begin = connection.ConnectBegin;
            link.Send(connection.Request.ToBytes());
        }

        round.Counts.Add(older is null ? "connect" : "takeover");
        return await InTimeAsync(connection.ConnAck.Task, "CONNECT") && await connection.ConnAck.Task;
    }

    private OpenConnection Prepare(bool isCleanStart)
    {
        var receiveMaximum = !IsVersion5 ? LargestWindow : _random.Next(4) switch { 0 => _random.Next(1, 4), 1 => _random.Next(4, 20), _ => LargestWindow };
        var will = _isDraining || _random.Next(3) > 0 ? null : CreateWill();
        var delay = will is not null && IsVersion5 && _random.Next(2) == 0 ? _random.Next(1, 3) : 0;
        var properties = new List<byte[]> { Property.SessionExpiryInterval(profile.ExpirySeconds) };
        if (receiveMaximum < LargestWindow)
            properties.Add(Property.ReceiveMaximum(receiveMaximum));
        var request = new ConnectRequest(_version, ClientId)
        {
            CleanStart = isCleanStart,
            KeepAlive = _random.Next(3) switch { 0 => 0, 1 => 20, _ => 60 },
            Properties = properties,
            Will = will is null ? null : new WillRequest(will.Topic, Payloads.Create(will))
            {
                QoS = will.QoS,
                Retain = will.Retain,
                Properties = [.. Payloads.PropertiesOf(will), .. delay > 0 ? [Property.WillDelayInterval((uint)delay)] : Array.Empty<byte[]>()],
            },
        };
        return new OpenConnection(request, ++_connections)
        {
            ReceiveMaximum = receiveMaximum,
            ExpirySeconds = IsVersion5 ? profile.ExpirySeconds : isCleanStart ? 0 : ConnectionEnd.NeverExpires,
            Style = (AnswerStyle)(_random.Next(7) switch { < 4 => 0, var style => style - 3 }),
            Will = will is null ? null : (will, delay),
        };
    }

    private Message CreateWill()
    {
        // Retained messages have topics of their own, so that few are.
        var isRetained = _random.Next(4) == 0;
        var will = new Message
        {
            Id = Round.NextId(),
            ClientId = ClientId,
            IsWill = true,
            QoS = _random.Next(3),
            Retain = isRetained,
            Topic = isRetained || _random.Next(2) == 0 ? round.Plan.RetainedTopic(_random) : round.Plan.Topic(_random),
            Length = _random.Next(Payloads.HeaderBytes, 200),
            Properties = ChooseProperties(),
        };
        round.Add(will);
        return will;
    }

    private void OnConnAck(OpenConnection connection, ConnAckFrame connAck, long stamp)
    {
        if (connAck.ReasonCode != Reason.Success)
        {
            Report("CONNACK refuses", null, $"0x{connAck.ReasonCode:X2}");
            connection.ConnAck.TrySetResult(false);
            return;
        }

        var window = new Window(connection.ConnectBegin, stamp);
        if (_open is { } older)
            LeaveTakenOver(older, window);
        var isPresent = CheckPresence(window, connection.Request.CleanStart, connAck.SessionPresent);
        SettleWill(window, isPresent);
        if (!isPresent || _session is null)
            BeginSession(window);

        connection.Record = new ConnectionRecord(connection.Number, window, connection.Style == AnswerStyle.Prompt);
        _session!.Connections.Add(connection.Record);
        _flows.Connected(connection.Number, connection.ReceiveMaximum);
        _open = connection;
        _will = connection.Will;
        _lastEnd = null;
        SendAgain(connection);
        connection.ConnAck.TrySetResult(true);
    }

    private void LeaveTakenOver(OpenConnection older, Window connect)
    {
        _lastEnd = new ConnectionEnd(connect, PublishesWill: true, older.ExpirySeconds);
        LoseSent(older, connect.End + Stamps.Grace);
        _open = null;
    }

    /// <summary>Whether the session goes on, which a 3.1 client can only know: its CONNACK has no flag for it.</summary>
    private bool CheckPresence(Window connect, bool isCleanStart, bool flag)
    {
        var expected = Presences.Of(_session is null ? null : _lastEnd, connect, isCleanStart);
        var isPresent = _version == MqttVersion.V31 || expected != Presence.Either ? expected == Presence.Present : flag;
        if (flag != (isPresent && _version != MqttVersion.V31))
            Report("session present is wrong", null, $"{flag} in CONNACK of {connect}, clean start {isCleanStart}, last end {_lastEnd}");
        return isPresent;
    }

    private void SettleWill(Window? connect, bool isResumed)
    {
        if (_will is not { } will || _lastEnd is not { } end)
            return;
        _will = null;
        var fate = WillFate.Of(end, will.DelaySeconds, connect, isResumed);
        round.Counts.Add(fate.Window is null ? "will not due" : "will due");
        if (fate.Window is not { } window)
            return;
        var attempt = new Attempt(window.Begin);
        if (fate.IsCertain)
            attempt.Accepted(window.End);
        else
            attempt.Lost(window.End);
        will.Message.Attempts.Add(attempt);
    }

    private void BeginSession(Window connect)
    {
        EndSession(connect);
        _session = new SessionRecord(ClientId, profile.ToString());
        _sessions.Add(_session);
        _flows = new ReceiverFlows();
        // What the broker has not taken from this session it will never get: the client forgets it too.
        _sent.Clear();
        round.Counts.Add("session");
    }

    /// <summary>The old session ended by its expiry or by this CONNECT, whichever was first.</summary>
    private void EndSession(Window? connect)
    {
        if (_session is null || _lastEnd is not { } end)
            return;
        var expiry = end.Expiry;
        if (connect is { } window)
            expiry = new Window(Math.Min(expiry.Begin, window.Begin), Math.Min(expiry.End, window.End));
        _session.End(expiry);
        _session = null;
    }
}
