using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <content>What the client does, step by step, and how it comes to rest.</content>
internal sealed partial class SoakClient
{
    private long _offlineUntil;

    /// <param name="pace">Between two steps, on average.</param>
    public async Task RunAsync(TimeSpan pace, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pace * (0.5 + _random.NextDouble()), TimeProvider.System, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await StepAsync();
            }
            catch (Exception exception)
            {
                // The client's own fault, or a socket that could not be opened: a difference like any other.
                Report("a step failed", null, exception.ToString());
                return;
            }
        }
    }

    private Task StepAsync()
    {
        SendDueAnswers();
        if (_open is not { IsEnding: false } connection)
            return Stamps.Next() >= _offlineUntil ? ConnectAsync(ChooseCleanStart()) : Task.CompletedTask;
        if (_random.Next(4) == 0)
            SendHeldReleases();
        if (IsPingDue(connection))
            return PingAsync();
        return _random.Next(1000) switch
        {
            < 620 => PublishSomeAsync(1),
            < 660 => PublishSomeAsync(_random.Next(4, 16)),
            < 800 => SubscribeOrNotAsync(),
            < 890 => PingAsync(),
            _ => EndAsync(),
        };
    }

    /// <summary>Well within one and a half keep-alives.</summary>
    private static bool IsPingDue(OpenConnection connection) =>
        connection.Request.KeepAlive > 0 && Stamps.Next() - connection.Link!.LastSent > connection.Request.KeepAlive * Stamps.Second / 4;

    /// <summary>For a client that takes no steps any more.</summary>
    public Task KeepAliveAsync() => _open is { IsEnding: false } connection && IsPingDue(connection) ? PingAsync() : Task.CompletedTask;

    private bool ChooseCleanStart() => IsVersion5 ? _random.Next(12) == 0 : profile.IsTransient || _random.Next(20) == 0;

    /// <summary>One message, or several of one topic so that their order is seen.</summary>
    private Task PublishSomeAsync(int count)
    {
        var topic = count > 1 ? round.Plan.Topic(_random) : null;
        for (; count > 0; count--)
            Publish(topic);
        return Task.CompletedTask;
    }

    private Task SubscribeOrNotAsync()
    {
        var held = Held.Count();
        if (held == 0 || (held < MaxFilters && _random.Next(3) > 0))
            return SubscribeAsync();
        // A member leaves its group rarely, so that most groups are never empty.
        return _random.Next(4) switch
        {
            0 => SubscribeAsync(),
            1 => profile.IsSharedOnly ? Task.CompletedTask : UnsubscribeAsync(),
            _ => PingAsync(),
        };
    }

    private async Task EndAsync()
    {
        // Half of the time with messages on their way, which nobody knows the fate of then.
        if (_random.Next(2) == 0)
            await PublishSomeAsync(_random.Next(1, 9));
        switch (_random.Next(100))
        {
            case < 30:
                await CloseAsync(Ending.Normal);
                break;
            case < 40:
                await CloseAsync(IsVersion5 ? Ending.WithWill : Ending.Reset);
                break;
            case < 60:
                await CloseAsync(Ending.Reset);
                break;
            case < 65:
                await CloseAsync(Ending.Close);
                break;
            case < 72:
                await SubscribeAsync(isCut: true);
                break;
            default:
                await ConnectAsync(ChooseCleanStart());
                break;
        }

        // At once, after a while that a will's delay or a short expiry may end within, or after longer.
        _offlineUntil = Stamps.Next() + (_random.Next(10) switch { < 4 => 0, < 9 => _random.Next(3_000), _ => _random.Next(6_000) } * Stamps.Millisecond);
    }

    /// <summary>No more steps: comes back if its session may be there, answers all that waits, and ends its own flows.</summary>
    public async Task DrainAsync()
    {
        lock (_gate)
            _isDraining = true;
        if (_open is null && _session is not null)
        {
            if (profile.IsTransient)
                Leave();
            else
                await ConnectAsync(isCleanStart: false);
        }

        SendDueAnswers();
        SendHeldReleases();
        for (var i = 0; _sent.Count > 0 && i < AnswerTimeout.TotalSeconds * 10; i++)
        {
            if (!await PingAsync())
                break;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        await PingAsync();
        lock (_gate)
        {
            foreach (var flow in _open is null ? [] : _sent)
                Report("a message was never acknowledged", flow.Message, $"identifier {flow.PacketIdentifier}");
        }
    }

    /// <summary>Everything that will come has come.</summary>
    public async Task RestAsync()
    {
        if (!await PingAsync())
            return;
        lock (_gate)
        {
            foreach (var flow in _flows.Open)
                Report("a flow was not completed", null, $"{flow.Copy}, {flow.State}, last on connection {flow.Connection} of {_connections}");
        }
    }

    /// <summary>Reads all retained messages of the round, as one more subscriber.</summary>
    public async Task ReadRetainedAsync()
    {
        lock (_gate)
            _isDraining = true;
        if (await ConnectAsync(isCleanStart: true))
            await SubscribeAsync([new Grant($"{round.Plan.Prefix}/#", null, 2, NoLocal: false, RetainAsPublished: false, RetainHandling: 0, Identifier: 0)], isCut: false);
    }

    /// <summary>After all was checked: the session ends, nothing of it is left to the next round.</summary>
    public async Task EndSessionAsync(Endpoint endpoint)
    {
        if (_open is { IsEnding: false })
            await CloseAsync(Ending.Normal);
        await using var client = await RawClient.ConnectAsync(endpoint, new ConnectRequest(_version, ClientId));
        await client.DisconnectAsync();
    }

    private void Leave()
    {
        lock (_gate)
        {
            SettleWill(connect: null, isResumed: false);
            EndSession(connect: null);
        }
    }
}
