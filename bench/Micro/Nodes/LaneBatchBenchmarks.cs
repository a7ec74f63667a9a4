using BenchmarkDotNet.Attributes;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Nodes.Items;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Micro.Doubles;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Micro.Nodes;

/// <summary>What deliveries from one silo to another cost beside the call: encoded into a lane's batch, and made messages again. An operation is one delivery.</summary>
public class LaneBatchBenchmarks
{
    private const int Items = 256;

    private static readonly byte[] Topic = "plant/17/sensor/42/temperature"u8.ToArray();

    private readonly Publication _publication = Messages.Of(Topic, QoS.AtLeastOnce);
    private readonly Publication _other = Messages.Of(Topic, QoS.AtLeastOnce);
    private readonly CountingReceiver _receiver = new();
    private readonly RouteMatch _match;
    private readonly LaneBatch _batch = new(ItemFormats.Own.Newest);
    private readonly BatchMemory _memory = new();
    private byte[] _encoded = [];

    public LaneBatchBenchmarks() =>
        _match = Attachments.MatchOf(_receiver, new RouteGrant(1, QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, Identifier: 0));

    [GlobalSetup]
    public void Fill()
    {
        Encode();
        _encoded = _batch.Bytes.ToArray();
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public int Encode()
    {
        _batch.Clear();
        for (var i = 0; i < Items; i++)
        {
            // Two messages in turn: neither is the one before it.
            var item = new NodeItem { Kind = NodeItemKind.Deliver, ClientId = "subscriber", Message = i % 2 == 0 ? _publication : _other, Match = _match };
            _batch.Add(item, i + 1, now: 0, isDroppable: false, settleWhenAccepted: null);
        }

        return _batch.Length;
    }

    [Benchmark(OperationsPerInvoke = Items)]
    public long Decode()
    {
        var reader = new ItemReader(_encoded, _memory, now: 0);
        while (reader.TryRead(out var item)) _receiver.Deliver(item.Message!, _match);
        return _receiver.Count;
    }
}
