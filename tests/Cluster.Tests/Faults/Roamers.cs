using System.Globalization;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>Clients with durable sessions that are on one gateway, and go to another when that is gone.</summary>
internal sealed class Roamers : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly NumberedPublisher[] _publishers;
    private readonly NumberedSubscriber[] _subscribers;
    private readonly CancellationTokenSource _stopPublishing = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _publishing = Task.CompletedTask;
    private Task _receiving = Task.CompletedTask;

    private Roamers(string name, Endpoint first, Endpoint then)
    {
        _publishers = [.. Enumerable.Range(1, 2).Select(qos => new NumberedPublisher(Way(), $"{name}/{qos}", qos))];
        _subscribers = [new(Way(), name + "-roams", name + "/#", online: null), new(then, name + "-stays", name + "/#", online: null)];

        // Each twice, as a device does that has a list: a subscriber comes a second time to receive.
        Func<Endpoint> Way()
        {
            var attempts = 0;
            return () => attempts++ / 2 % 2 == 0 ? first : then;
        }
    }

    public static async Task<Roamers> StartAsync(string name, Endpoint first, Endpoint then)
    {
        var roamers = new Roamers(name, first, then);
        foreach (var subscriber in roamers._subscribers) await subscriber.SubscribeAsync();
        roamers._publishing = Task.WhenAll(roamers._publishers.Select(publisher => Task.Run(() => publisher.RunAsync(roamers._stopPublishing.Token))));
        roamers._receiving = Task.WhenAll(roamers._subscribers.Select(subscriber => Task.Run(() => subscriber.RunAsync(roamers.IsWhole, roamers._stop.Token))));
        while (roamers._subscribers.Any(static subscriber => subscriber.Count < 100) && !roamers._publishing.IsCompleted && !roamers._receiving.IsCompleted)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        return roamers;
    }

    /// <summary>Everything that was acknowledged has arrived, once at QoS 2, in order.</summary>
    public async Task EndAsync()
    {
        await _stopPublishing.CancelAsync();
        await _publishing.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await _stop.CancelAsync();
        // What is missing after this is said by the assertion.
        await Task.WhenAny(_receiving, Task.Delay(Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_subscribers[0].Name}: {_publishers.Sum(static publisher => publisher.Acknowledged.Count)} acknowledged, {_subscribers.Sum(static subscriber => subscriber.Repeated)} repeated at QoS 1"));
        foreach (var subscriber in _subscribers)
        {
            foreach (var publisher in _publishers)
                Assert.Equal([], publisher.Acknowledged.Except(subscriber.Of(publisher.Topic)));
            Assert.Empty(subscriber.Doubled);
            Assert.Empty(subscriber.Disordered);
        }

        await _receiving;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopPublishing.CancelAsync();
        await _stop.CancelAsync();
        _stopPublishing.Dispose();
        _stop.Dispose();
    }

    private bool IsWhole(NumberedSubscriber subscriber) => _publishers.All(publisher => !publisher.Acknowledged.Except(subscriber.Of(publisher.Topic)).Any());
}
