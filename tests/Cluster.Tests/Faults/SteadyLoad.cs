using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests.Faults;

/// <summary>
/// Clients that stay connected through a fault: publishers of numbers at every QoS and subscribers to all of them at QoS 1 and 2, both with sessions that end with their
/// connection and with durable ones, idle ones, and one that would see the wills of the others.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const uint Durable = 3600;
    private const int Idlers = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root;
    private readonly SteadyPublisher[] _publishers;
    private readonly SteadySubscriber[] _subscribers;
    private readonly SteadyClient[] _others;
    private readonly CancellationTokenSource _stopPublishing = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private Task _publishing = Task.CompletedTask;
    private Task _rest = Task.CompletedTask;

    /// <param name="name">Of topics and client ids: several loads may be on one cluster.</param>
    private SteadyLoad(string name)
    {
        _root = name;
        _publishers = [.. Enumerable.Range(0, 6).Select(i => new SteadyPublisher($"{name}-p{i}-qos{i % 3}", $"{name}/{i}", i % 3, i < 3 ? 0 : Durable))];
        _subscribers = [.. Enumerable.Range(0, 4).Select(i => new SteadySubscriber($"{name}-s{i}-qos{1 + (i % 2)}", $"{name}/#", 1 + (i % 2), i < 2 ? 0 : Durable, IsWhole))];
        _others = [new SteadyWitness($"{name}-witness"), .. Enumerable.Range(0, Idlers).Select(i => new SteadyClient($"{name}-i{i}", i % 2 == 0 ? 0 : Durable))];
    }

    private IEnumerable<SteadyClient> Clients => [.. _publishers, .. _subscribers, .. _others];

    /// <summary>Each client has one.</summary>
    public int Sessions => Clients.Count();

    public IReadOnlyList<SteadyPublisher> Publishers => _publishers;

    /// <summary>Deliveries that came again at QoS 1.</summary>
    public int Repeated => _subscribers.Sum(static subscriber => subscriber.Received.Repeated);

    /// <summary>Clients spread over these; each role and QoS on each of them, when there are two.</summary>
    public static async Task<SteadyLoad> StartAsync(string name, params Endpoint[] gateways)
    {
        var load = new SteadyLoad(name);
        var next = 0;
        foreach (var subscriber in load._subscribers) await subscriber.ConnectAsync(gateways[next++ / 2 % gateways.Length]);
        foreach (var client in load._publishers.Concat(load._others)) await client.ConnectAsync(gateways[next++ % gateways.Length]);
        load._publishing = Task.WhenAll(load._publishers.Select(publisher => Task.Run(() => publisher.RunAsync(load._stopPublishing.Token, load._giveUp.Token))));
        load._rest = Task.WhenAll(load._subscribers.Concat(load._others).Select(client => Task.Run(() => client.RunAsync(load._stop.Token, load._giveUp.Token))));
        await load.ProgressAsync();
        foreach (var subscriber in load._subscribers) subscriber.Received.ForgetSilence();
        return load;
    }

    /// <summary>Until every subscriber has something of every publisher that was published from now on.</summary>
    public async Task ProgressAsync(Func<SteadyPublisher, bool>? ofThese = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        var from = _publishers.Where(ofThese ?? (static _ => true)).Select(static publisher => (publisher.Topic, publisher.Last)).ToArray();
        while (!_subscribers.All(subscriber => from.All(publisher => subscriber.Received.LastOf(publisher.Topic) > publisher.Last + 10)))
        {
            var dropped = Clients.Select(static client => client.Dropped).OfType<string>().ToArray();
            Assert.True(dropped.Length == 0, "dropped: " + string.Join("; ", dropped));
            if (TimeProvider.System.GetElapsedTime(since) > Patience) Assert.Fail($"{_root} does not go on: {string.Join("; ", Standstill(from))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Publishers first, then subscribers once they have everything; then no connection has been dropped, nothing is lost, doubled or out of order, and no will was seen.</summary>
    public async Task EndAsync()
    {
        await _stopPublishing.CancelAsync();
        _giveUp.CancelAfter(Patience);
        await _publishing;
        await _stop.CancelAsync();
        await _rest;
        TestContext.Current.TestOutputHelper?.WriteLine(ToString());
        Assert.Empty(Clients.Select(static client => client.Dropped).OfType<string>());
        Assert.DoesNotContain(Clients, static client => client.IsPingOpen || client.Pings == 0);
        foreach (var subscriber in _subscribers)
        {
            foreach (var publisher in _publishers)
            {
                var missing = Missing(subscriber, publisher);
                Assert.True(missing.Length == 0, $"{subscriber.Name} misses {missing.Length} of {publisher.Acknowledged.Length} of {publisher.Name}: {string.Join(' ', missing.Take(20))}");
            }

            Assert.Empty(subscriber.Received.Doubled);
            Assert.Empty(subscriber.Received.Disordered);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_root}: {_publishers.Sum(static publisher => publisher.Acknowledged.Length)} acknowledged, {_publishers.Sum(static publisher => publisher.Refused.Length)} refused, ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{Repeated} of {_subscribers.Sum(static subscriber => subscriber.Received.Count)} repeated at QoS 1, ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"longest silence of a topic {_subscribers.Max(static subscriber => subscriber.Received.LongestSilence).TotalSeconds:0.00} s, longest ping {Clients.Max(static client => client.LongestPing).TotalMilliseconds:0} ms");

    public async ValueTask DisposeAsync()
    {
        await _giveUp.CancelAsync();
        await _stopPublishing.CancelAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_publishing, _rest);
        _giveUp.Dispose();
        _stopPublishing.Dispose();
        _stop.Dispose();
    }

    private IEnumerable<string> Standstill((string Topic, int Last)[] from) =>
        from subscriber in _subscribers
        from publisher in @from
        let last = subscriber.Received.LastOf(publisher.Topic)
        where last <= publisher.Last + 10
        select $"{subscriber.Name} has {last} of {publisher.Topic}, published before: {publisher.Last}, now {_publishers.Single(one => one.Topic == publisher.Topic).Last}";

    private bool IsWhole(SteadySubscriber subscriber) => _publishers.All(publisher => Missing(subscriber, publisher).Length == 0);

    private static int[] Missing(SteadySubscriber subscriber, SteadyPublisher publisher) => [.. publisher.Acknowledged.Except(subscriber.Received.Of(publisher.Topic))];

    /// <summary>Whatever it receives is the will of a client that is still there.</summary>
    private sealed class SteadyWitness(string name) : SteadyClient(name, expiry: 0)
    {
        public override async Task ConnectAsync(Endpoint gateway)
        {
            await base.ConnectAsync(gateway);
            await Client.SubscribeAsync(WillTopic, 1);
        }

        protected override Task TakeAsync(Frame frame) => frame.Type == PacketType.Publish
            ? throw new UnexpectedFrameException($"the will of {frame.ToPublish(MqttVersion.V50).Text} was sent")
            : base.TakeAsync(frame);
    }
}
