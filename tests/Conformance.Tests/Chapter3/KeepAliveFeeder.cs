using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>Publishes to <c>{topic}/qos0</c> and <c>{topic}/qos1</c> five times a second, for the cases that receive.</summary>
internal sealed class KeepAliveFeeder : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly RawClient _client;
    private readonly Task _feeding;

    private KeepAliveFeeder(RawClient client, string topic)
    {
        _client = client;
        _feeding = FeedAsync(topic);
    }

    public static async Task<KeepAliveFeeder> StartAsync(BrokerFixture broker, MqttVersion version, string topic) =>
        new(await broker.ConnectAsync(version), topic);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _feeding;
        await _client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task FeedAsync(string topic)
    {
        while (!_stop.IsCancellationRequested)
        {
            await _client.PublishAsync($"{topic}/qos0", "x");
            await _client.PublishAsync($"{topic}/qos1", "x", qos: 1);
            await Task.Delay(Interval, TimeProvider.System, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
