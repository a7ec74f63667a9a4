using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Micro.Doubles;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Nodes;

/// <summary>
/// What deliveries from one silo to another cost beside the network: items made of messages, gathered into a batch, serialised as the call between silos does, and
/// made messages again. An operation is one delivery, in a full batch.
/// </summary>
public class NodeBatchBenchmarks
{
    private static readonly byte[] Topic = "plant/17/sensor/42/temperature"u8.ToArray();

    private readonly Publication _publication = Messages.Of(Topic, QoS.AtLeastOnce);
    private readonly CountingReceiver _receiver = new();
    private readonly RouteMatch _match;
    private readonly Queue<NodeItem> _waiting = new();
    private Serializer<NodeItem[]> _serializer = null!;
    private NodeItem[] _batch = [];
    private byte[] _serialized = [];

    public NodeBatchBenchmarks() =>
        _match = Attachments.MatchOf(_receiver, new RouteGrant(1, QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, Identifier: 0));

    [GlobalSetup]
    public void Fill()
    {
        _serializer = new ServiceCollection()
            .AddSerializer(static serializer => serializer.AddAssembly(typeof(NodeItem).Assembly))
            .BuildServiceProvider()
            .GetRequiredService<Serializer<NodeItem[]>>();
        for (var i = 0; i < ItemBatch.MaxItems; i++)
            _waiting.Enqueue(ToItem());
        _batch = ItemBatch.From(_waiting);
        _serialized = _serializer.SerializeToArray(_batch);
    }

    [Benchmark(OperationsPerInvoke = ItemBatch.MaxItems)]
    public object MakeItems()
    {
        NodeItem item = null!;
        for (var i = 0; i < ItemBatch.MaxItems; i++)
            item = ToItem();
        return item;
    }

    [Benchmark(OperationsPerInvoke = ItemBatch.MaxItems)]
    public int Gather() => ItemBatch.From(_waiting).Length;

    [Benchmark(OperationsPerInvoke = ItemBatch.MaxItems)]
    public int Serialize() => _serializer.SerializeToArray(_batch).Length;

    [Benchmark(OperationsPerInvoke = ItemBatch.MaxItems)]
    public int Deserialize() => _serializer.Deserialize(_serialized)!.Length;

    [Benchmark(OperationsPerInvoke = ItemBatch.MaxItems)]
    public long MakeMessages()
    {
        foreach (var item in _batch)
            _receiver.Deliver(item.Message!.ToPublication(nowMilliseconds: 0, item.Token), item.Match!.ToMatch(_receiver));
        return _receiver.Count;
    }

    private NodeItem ToItem() => new()
    {
        Kind = NodeItemKind.Deliver,
        ClientId = "subscriber",
        Token = 1,
        Message = MessageRecord.From(_publication, nowMilliseconds: 0),
        Match = MatchRecord.From(_match),
    };
}
