using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Grains.Leases;
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
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;

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
    private ShardMonitor _leasedShard = null!;

    [GlobalSetup]
    public async Task ConnectAsync()
    {
        var limits = new LimitsOptions();
        var inbox = new InboxLimits(InboxEntries, TimeSpan.FromSeconds(1));
        var counters = new BrokerCounters();
        var clock = new BrokerClock(TimeProvider.System);
        // What the way of a message on one silo does not touch is left out.
        var detours = new SessionDetours(null!, null!, counters, NullLogger<SessionDetours>.Instance);
        var sessions = new LocalSessions(detours);
        var identity = sessions.Hold("subscriber");
        var services = new SessionServices(limits, inbox, counters, clock, new TimingWheel(TimeProvider.System), null!, null!, detours, null!, null!, null!, null!, null!, new TimingOptions());
        _session = new SessionMonitor(identity, services, owner: null!);
        var filter = TopicFilter.Parse("plant/17/#");
        var grant = await _session.RunAsync(session => Attachments.Attach(session, _connection, filter, QoS.AtLeastOnce));
        identity.Open(_session);

        var alone = new ShardServices(
            limits, inbox, counters, new RetainedTotals(limits), clock, null!, null!, null!, null!, null!, sessions, null!, null!, null!, null!, null!, NullLogger<TopicGrain>.Instance);
        var timing = new TimingOptions { LeaseValidity = TimeSpan.FromDays(1) };
        var lease = new SiloLease(new MemoryJournalStore().Leases, WriterId.New(), timing, TimeProvider.System, counters, NullLogger<SiloLease>.Instance);
        await lease.StartAsync();
        _shard = new ShardMonitor(0, alone, Lost);
        _leasedShard = new ShardMonitor(0, alone with { Timing = timing, Lease = lease }, Lost);
        foreach (var monitor in (ShardMonitor[])[_shard, _leasedShard])
            await monitor.RunAsync(shard => (0, shard.Register(new Route(filter, identity, 1, grant, IsDurable: false), sendRetained: false, out _)));
    }

    [Benchmark]
    public void AtMostOnce() => _shard.Publish(_atMostOnce);

    /// <summary>With the subscriber's PUBACK.</summary>
    [Benchmark]
    public void AtLeastOnce() => PublishAtLeastOnce(_shard);

    /// <summary>The same on a silo of a cluster.</summary>
    [Benchmark]
    public void AtLeastOnceByLease() => PublishAtLeastOnce(_leasedShard);

    private void PublishAtLeastOnce(ShardMonitor shard)
    {
        shard.Publish(_atLeastOnce.PublishedBy(_publisher));
        _session.Acknowledge(_connection, PacketType.PubAck, _connection.LastIdentifier, ReasonCode.Success);
    }

    private static void Lost(Exception? fault) => throw new InvalidOperationException("A monitor was lost.", fault);
}
