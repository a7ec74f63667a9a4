using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Broker.Tests.Sessions;
using OrleansBroker.Mqtt.Packets;

namespace OrleansBroker.Broker.Tests.Subscriptions;

public sealed class RouteMatchTests
{
    private static readonly RouteGrant Plain = new(1, QoS.AtMostOnce, false, false, 0);
    private static readonly RouteGrant Rich = new(2, QoS.ExactlyOnce, true, true, 7);

    private static RouteMatch Match(params RouteGrant[] grants) => new(new FakeReceiver("client"), 1, grants);

    [Fact]
    public void RouteMatch_SeveralGrants_AreMerged()
    {
        var match = Match(Plain, Rich, Rich with { Version = 3, Identifier = 8 });
        Assert.Equal((QoS.ExactlyOnce, true, true), (match.QoS, match.RetainAsPublished, match.AnyNoLocal));
        Assert.Equal([7u, 8u], match.Identifiers!);
        Assert.Null(Match(Plain).Identifiers);
    }

    [Fact]
    public void Where_AllSomeOrNone_KeepsJustThose()
    {
        var match = Match(Plain, Rich);
        Assert.Same(match, match.Where(0, static (_, _) => true));
        Assert.Null(match.Where(0, static (_, _) => false));
        var some = match.Where(1u, static (version, grant) => grant.Version == version)!;
        Assert.Equal((QoS.AtMostOnce, false, false), (some.QoS, some.RetainAsPublished, some.AnyNoLocal));
        Assert.Equal((match.Receiver, match.Incarnation), (some.Receiver, some.Incarnation));
    }

    [Fact]
    public void RetainedBatch_Advance_GivesEachMessageOnceWithTheLowerQoS()
    {
        var batch = new RetainedBatch(Match(Plain with { QoS = QoS.AtLeastOnce }), [Publications.Retained("a", QoS.ExactlyOnce), Publications.Retained("b", QoS.AtMostOnce)]);
        Assert.Equal((2, QoS.AtLeastOnce), (batch.Remaining, batch.QoSOf(batch.Current!)));
        batch.Advance();
        Assert.Equal(("b", QoS.AtMostOnce), (batch.Current!.Text(), batch.QoSOf(batch.Current!)));
        batch.Advance();
        Assert.Equal(0, batch.Remaining);
        Assert.Null(batch.Current);
    }
}
