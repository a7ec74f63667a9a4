using BenchmarkDotNet.Attributes;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Micro.Matching;

/// <summary>One walk through the trie; the topics come in no order, so a large trie is not in the processor's caches.</summary>
public class TopicTreeBenchmarks
{
    private const int Topics = 4096;

    private readonly object _value = new();
    private TopicTree<object> _tree = new();
    private byte[][] _topics = [];
    private int _next;

    [Params(1, 10_000, 1_000_000)]
    public int Filters { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _tree = new TopicTree<object>();
        for (var i = 0; i < Filters; i++)
            _tree.GetOrAdd(PlantFilters.Filter(i), out _) = _value;
        _topics = PlantFilters.Topics(Filters, Topics);
    }

    [Benchmark]
    public int Match()
    {
        var counter = new Counter();
        _tree.Match(_topics[_next++ & (Topics - 1)], ref counter);
        return counter.Count;
    }

    private struct Counter : ITopicVisitor<object>
    {
        public int Count { get; private set; }

        public void Visit(object value) => Count++;
    }
}
