using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests;

/// <summary>Subscribers of one gateway and a publisher to all of them, whose connections must last.</summary>
internal sealed class ConnectedClients : IAsyncDisposable
{
    private readonly List<RawClient> _subscribers = [];
    private RawClient _publisher = null!;
    private int _published;
    private int _received;

    /// <summary>Every second one has a durable session.</summary>
    public static async Task<ConnectedClients> ConnectAsync(Endpoint gateway, int count)
    {
        var clients = new ConnectedClients { _publisher = await RawClient.ConnectAsync(gateway, MqttVersion.V50) };
        for (var i = 0; i < count; i++)
        {
            var request = i % 2 == 0 ? ConnectRequest.Persistent(MqttVersion.V50, $"stays{i}", 3600) : new ConnectRequest(MqttVersion.V50, $"stays{i}");
            var client = await RawClient.ConnectAsync(gateway, request);
            clients._subscribers.Add(client);
            await client.SubscribeAsync("stays/t", 1);
        }

        return clients;
    }

    /// <summary>QoS 1, one after the other, until stopped; the result is how many were acknowledged in all.</summary>
    public Task<int> PublishUntilAsync(out Func<Task> stop)
    {
        var isStopped = false;
        var publishing = Task.Run(async () =>
        {
            while (!Volatile.Read(ref isStopped)) await PublishOnceAsync();
            return _published;
        });
        stop = () =>
        {
            Volatile.Write(ref isStopped, true);
            return publishing;
        };
        return publishing;
    }

    public async Task<int> PublishOnceAsync()
    {
        await _publisher.PublishAsync("stays/t", _published.ToString(CultureInfo.InvariantCulture), 1);
        return ++_published;
    }

    /// <summary>Each has each message, in order; one may come again after a move, never another before it. And each answers.</summary>
    public async Task AssertReceivedAsync(int published)
    {
        foreach (var client in _subscribers)
        {
            for (var next = _received; next < published;)
            {
                var number = int.Parse((await client.ReceiveAsync()).Text, CultureInfo.InvariantCulture);
                Assert.InRange(number, 0, next);
                if (number == next) next++;
            }

            await client.PingAsync();
        }

        _received = published;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _subscribers) await client.DisposeAsync();
        await _publisher.DisposeAsync();
    }
}
