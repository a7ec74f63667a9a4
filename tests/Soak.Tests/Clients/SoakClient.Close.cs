using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <content>The ways in which a client ends its connection, and the ways in which a broker must not.</content>
internal sealed partial class SoakClient
{
    private enum Ending
    {
        Normal,
        WithWill,
        Reset,
        Close,
    }

    private async Task CloseAsync(Ending ending)
    {
        OpenConnection connection;
        long expiry;
        lock (_gate)
        {
            if (_open is not { IsEnding: false } open)
                return;
            connection = open;
            expiry = connection.ExpirySeconds;
            connection.IsEnding = true;
            connection.Record!.CloseBegin = Stamps.Next();
            connection.Record.Ending = ending.ToString();
            if (ending is Ending.Normal or Ending.WithWill)
                expiry = SendDisconnect(connection, ending);
        }

        if (ending == Ending.Reset)
            connection.Link!.Reset();
        else if (ending == Ending.Close)
            connection.Link!.Close();
        // But for a reset, the broker closes in answer.
        if (!await InTimeAsync(connection.Link!.Ended, $"{ending}"))
            connection.Link.Reset();
        round.Counts.Add(ending switch { Ending.Normal => "disconnect", Ending.WithWill => "disconnect with will", _ => "connection lost" });
        lock (_gate)
            Left(connection, ending, expiry);
    }

    private long SendDisconnect(OpenConnection connection, Ending ending)
    {
        var expiry = connection.ExpirySeconds;
        var properties = new List<byte[]>();
        // A session that was to end with its connection cannot be prolonged (MQTT5 section 3.14.2.2.2).
        if (IsVersion5 && expiry > 0 && _random.Next(8) == 0)
        {
            expiry = _random.Next(3) == 0 ? 0 : _random.Next(1, 100);
            properties.Add(Property.SessionExpiryInterval((uint)expiry));
        }

        connection.Link!.Send(Packet.Disconnect(_version, ending == Ending.WithWill ? Reason.DisconnectWithWill : Reason.Success, properties));
        return expiry;
    }

    private void Left(OpenConnection connection, Ending ending, long expiry)
    {
        if (_open != connection)
            return;
        _open = null;
        var begin = connection.Record!.CloseBegin;
        if (ending is Ending.Reset or Ending.Close)
        {
            var noticed = new Window(begin, begin + Stamps.Grace);
            _lastEnd = new ConnectionEnd(noticed, PublishesWill: true, expiry);
            LoseSent(connection, noticed.End);
            return;
        }

        // All that was sent before DISCONNECT was read.
        var end = Stamps.Next();
        _flows.Read(connection.Number, _flows.Answers(connection.Number));
        foreach (var attempt in connection.Barriers.SelectMany(barrier => barrier.AtMostOnce).Concat(connection.AtMostOnce))
            attempt.Accepted(end + Stamps.Grace);
        _lastEnd = new ConnectionEnd(new Window(begin, end), ending == Ending.WithWill, expiry);
        LoseSent(connection, end + Stamps.Grace);
    }

    /// <summary>What was sent on the connection and not answered may have been taken until then, or not at all.</summary>
    private void LoseSent(OpenConnection connection, long end)
    {
        foreach (var attempt in connection.Barriers.SelectMany(barrier => barrier.AtMostOnce).Concat(connection.AtMostOnce))
            attempt.Lost(end);
        foreach (var flow in _sent)
            flow.Attempt.Lost(end);
    }

    private async Task WatchAsync(OpenConnection connection, Link link)
    {
        var fault = await link.Ended;
        lock (_gate)
        {
            foreach (var answer in connection.Answers.Values)
                answer.TrySetCanceled();
            foreach (var barrier in connection.Barriers)
                barrier.Answered.TrySetCanceled();
            connection.ConnAck.TrySetResult(false);
            if (connection.IsEnding || connection.IsTakenOver)
                return;
            connection.IsEnding = true;
            Report("the broker closed the connection", null, $"connection {connection.Number}: {fault?.ToString() ?? "end of stream"}");
            if (connection.Record is null)
                return;
            connection.Record.CloseBegin = Stamps.Next();
            connection.Record.Ending = "closed by the broker";
            Left(connection, Ending.Reset, connection.ExpirySeconds);
        }
    }
}
