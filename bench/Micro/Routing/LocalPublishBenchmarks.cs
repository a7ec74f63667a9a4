using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Timing;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Micro.Doubles;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Micro.Routing;

/// <summary>A message from its shard's monitor through its session's monitor to a connection, on one silo and one thread; both monitors are free.</summary>
public class LocalPublishBenchmarks
{
    private const int InboxEntries = 64;

    private static readonly byte[] Topic = "plant/17/sensor/42/temperature"u8.ToArray();

    private readonly Publication _atMostOnce = Messages.Of(Topic);
    private readonly Publication _atLeastOnce = Messages.Of(Topic, QoS.AtLeastOnce);
    private readonly CountingConnection _connection = new();
    private readonly Publisher _publisher = new();
    private SessionMonitor _session = null!;
    private ShardMonitor _shard = null!;

    [GlobalSetup]
    public async Task ConnectAsync()
    {
        var limits = new LimitsOptions();
        var inbox = new InboxLimits(InboxEntries, TimeSpan.FromSeconds(1));
        var counters = new BrokerCounters();
        var clock = new BrokerClock(TimeProvider.System);
        // What the way of a message on one silo does not touch is left out.
        var detours = new SessionDetours(null!, null!, null!, clock, counters, NullLogger<SessionDetour>.Instance);
        var sessions = new LocalSessions(detours);
        var identity = sessions.Hold("subscriber");
        var services = new SessionServices(limits, inbox, counters, clock, new TimingWheel(TimeProvider.System), null!, null!, detours, null!, null!, new TimingOptions());
        _session = new SessionMonitor(identity, services, owner: null!);
        var filter = TopicFilter.Parse("plant/17/#");
        var grant = await _session.RunAsync(session => Attachments.Attach(session, _connection, filter, QoS.AtLeastOnce));
        identity.Open(_session);

        _shard = new ShardMonitor(
            0,
            new ShardServices(
                limits, inbox, counters, new RetainedTotals(limits), clock, null!, null!, sessions, null!, null!, null!, null!, null!, NullLogger<TopicGrain>.Instance),
            Lost);
        await _shard.RunAsync(shard => (0, shard.Register(new Route(filter, identity, 1, grant, IsDurable: false), sendRetained: false, out _)));
    }

    [Benchmark]
    public void AtMostOnce() => _shard.Publish(_atMostOnce);

    /// <summary>With the subscriber's PUBACK.</summary>
    [Benchmark]
    public void AtLeastOnce()
    {
        _shard.Publish(_atLeastOnce.PublishedBy(_publisher));
        _session.Acknowledge(_connection, PacketType.PubAck, _connection.LastIdentifier, ReasonCode.Success);
    }

    private static void Lost(Exception? fault) => throw new InvalidOperationException("A monitor was lost.", fault);
}
