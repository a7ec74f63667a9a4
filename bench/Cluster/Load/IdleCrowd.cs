using OrleansBroker.Cluster.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Load;

/// <summary>Idle connections over all gateways; each pings once a minute, spread evenly.</summary>
internal sealed class IdleCrowd(RunningNodes nodes, int count) : IAsyncDisposable
{
    private const int Connecting = 256;
    private const int KeepAlive = 60;
    private const int Rounds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _connecting = new(Connecting);
    private readonly CancellationTokenSource _stop = new();
    private IdleClient[] _clients = [];
    private Task _running = Task.CompletedTask;

    public int Connected => _clients.Count(static client => client.IsConnected);

    public int UnansweredPings => _clients.Sum(static client => client.UnansweredPings);

    /// <summary>All are connected on return.</summary>
    public async Task StartAsync()
    {
        _clients = [.. Enumerable.Range(0, count).Select(i => new IdleClient(nodes, i, _connecting))];
        _running = Task.WhenAll([.. _clients.Select(client => Task.Run(() => client.RunAsync(_stop.Token))), Task.Run(PingAsync)]);
        using var limit = new CancellationTokenSource(Patience);
        while (Connected < count) await Task.Delay(Poll, TimeProvider.System, limit.Token);
    }

    /// <summary>Those that get no message that is published for them, time and again: their sessions or subscriptions are gone.</summary>
    public async Task<IReadOnlyList<string>> FindDeafAsync()
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var publisher = await RawClient.ConnectAsync(nodes.GatewayOf(0).Tcp!, new ConnectRequest(MqttVersion.V311, "idle-publisher"));
            foreach (var client in _clients.Where(static client => !client.HasMessage)) await publisher.SendAsync(Packet.Publish(MqttVersion.V311, client.Topic, [1]));
            using var limit = new CancellationTokenSource(RoundTime);
            while (!limit.IsCancellationRequested && _clients.Any(static client => !client.HasMessage)) await Task.Delay(Poll, TimeProvider.System);
        }

        return [.. _clients.Where(static client => !client.HasMessage).Select(static client => client.Topic + (client.IsConnected ? "" : " (not connected)"))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _connecting.Dispose();
    }

    private async Task PingAsync()
    {
        for (var second = 0; !_stop.IsCancellationRequested; second++)
        {
            for (var i = second % KeepAlive; i < _clients.Length; i += KeepAlive) _clients[i].SendPing();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
