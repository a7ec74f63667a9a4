using System.Text;
using BenchmarkDotNet.Attributes;
using OrleansBroker.Broker.Retained;
using OrleansBroker.Broker.Topics;
using OrleansBroker.Micro.Doubles;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Retained;

/// <summary>Retained messages of 10,000 topics; an operation is one message.</summary>
public class RetainedStoreBenchmarks
{
    private const int Count = 10_000;
    private const int Rooms = 100;

    private readonly RetainedMessage[] _messages =
        [.. Enumerable.Range(0, Count).Select(static i => new RetainedMessage(Messages.Of(Encoding.UTF8.GetBytes($"home/{i / Rooms}/room/{i % Rooms}/state"), QoS.AtLeastOnce, retain: true)))];

    private readonly RetainedStore<RetainedMessage> _full = New();

    [GlobalSetup]
    public void Fill() => SetAll(_full);

    /// <summary>Each topic for the first time, in a store that begins empty.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Add()
    {
        var store = New();
        SetAll(store);
        return store.Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Replace()
    {
        SetAll(_full);
        return _full.Count;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int ScanAll() => Scan("#"u8);

    [Benchmark(OperationsPerInvoke = Count)]
    public int ScanSingleLevels() => Scan("home/+/room/+/state"u8);

    private static RetainedStore<RetainedMessage> New() => new(Count, long.MaxValue);

    private void SetAll(RetainedStore<RetainedMessage> store)
    {
        foreach (var message in _messages)
            store.Set(message.Topic, message);
    }

    private int Scan(ReadOnlySpan<byte> filter)
    {
        var found = 0;
        var steps = int.MaxValue;
        using var cursor = _full.Find(filter);
        while (cursor.MoveNext(0, ref steps, out _) == TopicCursorState.Found)
            found++;
        return found;
    }
}
