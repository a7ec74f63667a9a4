using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Tests.Topics;

/// <summary>A message to more receivers than a slice, as the gateway is told of it.</summary>
public sealed class ShardFanOutTests
{
    private const int Slice = 4;

    private readonly FakeRegistry _registry = new();
    private readonly List<Exception?> _faults = [];
    private int _delivered;

    [Fact]
    public async Task Publish_ToMoreThanASlice_TellsHowManyAreToCome()
    {
        var shard = await ShardAsync(receivers: 10);
        shard.Publish(Message());
        Assert.Equal(10, _delivered);
        Assert.Equal([6, 2, 0], _registry.FanOuts);
    }

    [Fact]
    public async Task Publish_ToASlice_IsNoFanOut()
    {
        var shard = await ShardAsync(receivers: Slice);
        shard.Publish(Message());
        Assert.Equal(Slice, _delivered);
        Assert.Empty(_registry.FanOuts);
    }

    [Fact]
    public async Task Publish_ASliceFails_LeavesNothingHeldBack()
    {
        var shard = await ShardAsync(receivers: 10, failingAt: 6);
        shard.Publish(Message());
        Assert.Equal([6, 0], _registry.FanOuts);
        Assert.IsType<InvalidOperationException>(Assert.Single(_faults));
    }

    private static Publication Message() => new([(byte)'t', (byte)'m'], 1, 0, QoS.AtMostOnce, retain: false, "publisher");

    private async Task<ShardMonitor> ShardAsync(int receivers, int failingAt = int.MaxValue)
    {
        var limits = new LimitsOptions { FanOutSlice = Slice };
        // What this does not touch is left out.
        var services = new ShardServices(
            limits,
            new InboxLimits(int.MaxValue, TimeSpan.FromHours(1)),
            new BrokerCounters(),
            new RetainedTotals(limits),
            new BrokerClock(TimeProvider.System),
            null!,
            null!,
            null!,
            null!,
            null!,
            null!,
            null!,
            null!,
            _registry,
            null!,
            null!,
            NullLogger<TopicGrain>.Instance);
        var shard = new ShardMonitor(0, services, _faults.Add);
        for (var i = 0; i < receivers; i++)
        {
            var receiver = new CountingReceiver($"c{i}", () => Deliver(failingAt));
            var route = new Route(TopicFilter.Parse("t"), receiver, 1, new RouteGrant(1, QoS.AtMostOnce, false, false, 0), IsDurable: false);
            await shard.RunAsync(state => (0, state.Register(route, sendRetained: false, out _)));
        }

        return shard;
    }

    private void Deliver(int failingAt)
    {
        if (++_delivered == failingAt) throw new InvalidOperationException("A delivery failed.");
    }
}
