using BenchmarkDotNet.Attributes;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Micro.Matching;

/// <summary>A topic that was published before: one look-up, whatever the number of filters is.</summary>
public class MatchCacheBenchmarks
{
    private const int Filters = 1_000_000;

    private MatchCache<object> _cache = new(1, 1);
    private byte[][] _topics = [];
    private int _next;

    [Params(1, 4096)]
    public int Topics { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _topics = PlantFilters.Topics(Filters, Topics);
        _cache = new MatchCache<object>(Topics, long.MaxValue);
        foreach (var topic in _topics)
            _cache.Add(topic, _cache.Generation, topic, weight: 1);
    }

    [Benchmark]
    public bool Hit() => _cache.TryGet(_topics[_next++ & (Topics - 1)], out _);
}
