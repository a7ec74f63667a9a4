using BenchmarkDotNet.Attributes;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Micro.Doubles;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Micro.Matching;

/// <summary>A shard takes a QoS 0 message and gives it to who subscribes, each filter being another session's.</summary>
public class ShardPublishBenchmarks
{
    // More than the cache holds, so that a message of the next one is never found in it.
    private const int Topics = 4096;
    private const int CachedTopics = Topics / 4;

    private Shard _shard = null!;
    private Publication[] _publications = [];
    private int _next;

    [Params(1, 10_000, 1_000_000)]
    public int Filters { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var limits = new LimitsOptions { MatchCacheEntries = CachedTopics };
        _shard = new Shard(limits, new BrokerCounters(), new RetainedTotals(limits), static (_, _) => { });
        var receiver = new CountingReceiver();
        for (var i = 0; i < Filters; i++)
        {
            var filter = TopicFilter.Parse(System.Text.Encoding.UTF8.GetString(PlantFilters.Filter(i)));
            _shard.Register(new Route(filter, receiver, 1, new RouteGrant(1, QoS.AtMostOnce, false, false, 0), IsDurable: false), sendRetained: false, out _);
        }

        _publications = [.. PlantFilters.Topics(Filters, Topics).Distinct(new ByBytes()).Select(Messages.Of)];
    }

    /// <summary>The topic's match is in the cache.</summary>
    [Benchmark]
    public object? Known() => _shard.Publish(_publications[0]);

    /// <summary>It is not: a walk through the trie, and a match made of what it finds. With one filter there is one topic, which is always known.</summary>
    [Benchmark]
    public object? Unknown()
    {
        if (++_next >= _publications.Length)
            _next = 0;
        return _shard.Publish(_publications[_next]);
    }

    private sealed class ByBytes : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj[^7] + (obj.Length << 8);
    }
}
