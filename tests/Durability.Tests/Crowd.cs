using System.Globalization;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Durability.Tests;

/// <summary>Clients that go on through every end of the broker: publishers at QoS 1 and 2, subscribers that are always, now and then or not at all there, one that takes its own session over, and ones that die with wills.</summary>
internal sealed class Crowd
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>A queue of any length may come, but something must come within this time.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly Endpoint _broker;
    private readonly NumberedPublisher[] _publishers;
    private readonly NumberedSubscriber[] _subscribers;
    private readonly NumberedSubscriber _later;
    private readonly NumberedSubscriber _watcher;
    private readonly MortalClient[] _mortals;
    private readonly CancellationTokenSource _stopPublishing = new();
    private readonly CancellationTokenSource _stopReceiving = new();
    private Task[] _publishing = [];
    private List<Task> _receiving = [];

    public Crowd(Endpoint broker)
    {
        _broker = broker;
        _publishers = [.. Enumerable.Range(0, 4).Select(i => new NumberedPublisher(broker, $"numbers/{i}", 1 + (i % 2)))];
        _subscribers =
        [
            new(broker, "always", "numbers/#", online: null),
            new(broker, "now-and-then", "numbers/+", TimeSpan.FromMilliseconds(700)),
            new(broker, "restless", "numbers/#", TimeSpan.FromMilliseconds(300), takesOver: true),
        ];
        _later = new(broker, "later", "numbers/#", online: null);
        _watcher = new(broker, "watcher", "wills/#", online: null);
        _mortals = [new(broker, "wills/a", "mortal-a"), new(broker, "wills/b", "mortal-b")];
    }

    public async Task BeginAsync()
    {
        foreach (var subscriber in _subscribers.Append(_later).Append(_watcher)) await subscriber.SubscribeAsync();
        _publishing =
        [
            .. _publishers.Select(publisher => Task.Run(() => publisher.RunAsync(_stopPublishing.Token))),
            .. _mortals.Select(mortal => Task.Run(() => mortal.RunAsync(_stopPublishing.Token))),
        ];
        // The one that comes later is away until the end.
        _receiving =
        [
            .. _subscribers.Select(subscriber => Task.Run(() => subscriber.RunAsync(HasNumbers, _stopReceiving.Token))),
            Task.Run(() => _watcher.RunAsync(HasWills, _stopReceiving.Token)),
        ];
    }

    public async Task EndAsync(CancellationToken cancellation)
    {
        await _stopPublishing.CancelAsync();
        await Task.WhenAll(_publishing).WaitAsync(Patience, cancellation);
        await _stopReceiving.CancelAsync();
        _receiving.Add(_later.RunAsync(HasNumbers, _stopReceiving.Token));
        var all = Task.WhenAll(_receiving);
        for (int before, now = -1; !all.IsCompleted;)
        {
            before = now;
            await Task.WhenAny(all, Task.Delay(Silence, TimeProvider.System, cancellation));
            now = _subscribers.Append(_later).Append(_watcher).Sum(static subscriber => subscriber.Count);
            if (now == before) return; // what is missing is said by the assertion
        }

        await all;
    }

    public async Task AssertWholeAsync()
    {
        foreach (var subscriber in _subscribers.Append(_later))
        {
            foreach (var publisher in _publishers)
            {
                var missing = Missing(subscriber, publisher);
                Assert.True(missing.Length == 0, $"{subscriber.Name} misses {missing.Length} of {publisher.Acknowledged.Count} of {publisher.Topic} at QoS {publisher.QoS}: {string.Join(' ', missing.Take(20))}");
            }

            Assert.Empty(subscriber.Doubled);
            Assert.Empty(subscriber.Disordered);
        }

        foreach (var mortal in _mortals) Assert.Empty(mortal.Died.Except(_watcher.Of(mortal.Topic)));
        foreach (var mortal in _mortals) await AssertNoZombieAsync(mortal);
        await AssertRetainedAsync();
    }

    public override string ToString() =>
        $"{_publishers.Sum(static publisher => publisher.Acknowledged.Count)} messages acknowledged, {_mortals.Sum(static mortal => mortal.Died.Count)} wills";

    /// <summary>Sessions that ended with their connection are not there any more; those that outlive it are.</summary>
    private async Task AssertNoZombieAsync(MortalClient mortal)
    {
        foreach (var number in mortal.Died)
        {
            var (client, connAck) = await ComeAgainAsync(mortal.RequestOf(number) with { CleanStart = false, Will = null });
            Assert.Equal(MortalClient.OutlivesItsConnection(number), connAck.SessionPresent);
            await client.DisposeAsync();
        }
    }

    /// <summary>A store that has just read hundreds of sessions may need longer than a CONNECT waits; then it is refused, and the client comes again (design section 10).</summary>
    private async Task<(RawClient Client, ConnAckFrame ConnAck)> ComeAgainAsync(ConnectRequest request)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return await RawClient.ConnectWithAckAsync(_broker, request);
            }
            catch (UnexpectedFrameException refusal) when (refusal.Message == "CONNACK refuses with 0x88" && TimeProvider.System.GetElapsedTime(since) < Patience)
            {
                await Outage.PauseAsync();
            }
        }
    }

    private async Task AssertRetainedAsync()
    {
        await using var reader = await RawClient.ConnectAsync(_broker, MqttVersion.V50);
        await reader.SubscribeAsync("numbers/#", 0);
        var retained = new Dictionary<string, string>();
        foreach (var _ in _publishers)
        {
            var message = await reader.ReceiveAsync();
            retained[message.Topic] = message.Text;
        }

        foreach (var publisher in _publishers) Assert.Equal(publisher.Last.ToString(CultureInfo.InvariantCulture), retained[publisher.Topic]);
    }

    private bool HasNumbers(NumberedSubscriber subscriber) => _publishers.All(publisher => Missing(subscriber, publisher).Length == 0);

    private bool HasWills(NumberedSubscriber subscriber) => _mortals.All(mortal => !mortal.Died.Except(subscriber.Of(mortal.Topic)).Any());

    private static int[] Missing(NumberedSubscriber subscriber, NumberedPublisher publisher)
    {
        var received = subscriber.Of(publisher.Topic);
        if (received.Count >= publisher.Acknowledged.Count && publisher.Acknowledged.All(received.ToHashSet().Contains)) return [];
        return [.. publisher.Acknowledged.Except(received)];
    }
}
