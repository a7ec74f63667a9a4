using System.Net;
using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Nodes.Lanes;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Nodes;

public sealed class OutstandingTests
{
    private static readonly SiloAddress First = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1);
    private static readonly SiloAddress Second = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1);

    private readonly Outstanding _outstanding = new(new IncarnationSource(TimeProvider.System));

    [Fact]
    public async Task Done_InAnyOrder_EachSettledOnce()
    {
        var ring = _outstanding.NewRing();
        var publishers = Enumerable.Range(0, 1_000).Select(static _ => new TestPublisher()).ToArray();
        var tokens = Array.ConvertAll(publishers, publisher => ring.Add(new Awaited(Publication(publisher), Silo: First)));
        new Random(1).Shuffle(tokens);

        foreach (var token in tokens)
        {
            _outstanding.Done(token, ReasonCode.Success);
            _outstanding.Done(token, ReasonCode.Success); // a second settling would fail in the publisher
        }

        foreach (var publisher in publishers) Assert.Equal(ReasonCode.Success, await publisher.Settled);
        Assert.True(ring.IsEmpty);
    }

    [Fact]
    public void Done_OfWhatIsNotThere_Ignored()
    {
        foreach (var token in (long[])[0, 1, -1, long.MaxValue, 5L << DeliverySeries.SequenceBits]) _outstanding.Done(token, ReasonCode.Success);
        Assert.Equal(0, _outstanding.Count);
    }

    [Fact]
    public void TakeFrom_SomeDone_TheOthersInOrderWithTheirTokens()
    {
        var ring = _outstanding.NewRing();
        var tokens = Enumerable.Range(0, 100).Select(_ => ring.Add(new Awaited(Publication(new TestPublisher()), Silo: First))).ToList();
        var elsewhere = tokens[3];
        _outstanding.Move(elsewhere, Second);
        foreach (var token in tokens.Where(static (_, i) => i % 2 == 0)) _outstanding.Done(token, ReasonCode.Success);

        var left = _outstanding.TakeFrom(First);

        Assert.Equal(tokens.Where((token, i) => i % 2 == 1 && token != elsewhere), left.Select(static item => item.Token));
        Assert.Empty(_outstanding.TakeFrom(First)); // it is on no lane now
        Assert.Equal([elsewhere], _outstanding.TakeFrom(Second).Select(static item => item.Token));
    }

    private static Publication Publication(TestPublisher publisher) =>
        new Publication(Encoding.UTF8.GetBytes("t"), 1, 0, QoS.AtLeastOnce, retain: false, "p").PublishedBy(publisher);
}
