using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>The queue's bounds and what its owner chose for them (invariant B14).</summary>
public sealed class SessionQueueTests
{
    private static SessionRig Rig(QueuePolicy policy, int messages = 2, long bytes = 1_000_000)
    {
        var rig = new SessionRig(new LimitsOptions { QueuePolicy = policy, MaxQueuedMessages = messages, MaxQueuedBytes = bytes });
        var connection = rig.Connect();
        rig.Subscribe();
        rig.Detach(connection);
        rig.Commit();
        return rig;
    }

    [Theory]
    [InlineData(QueuePolicy.DropOldest, DropReason.QueueFullOldest, ReasonCode.Success, "m2", "m3")]
    [InlineData(QueuePolicy.DropNewest, DropReason.QueueFullNewest, ReasonCode.Success, "m1", "m2")]
    [InlineData(QueuePolicy.Refuse, DropReason.QueueFullRefused, ReasonCode.QuotaExceeded, "m1", "m2")]
    public void Deliver_QueueFull_FollowsThePolicy(QueuePolicy policy, DropReason reason, ReasonCode told, string first, string second)
    {
        var rig = Rig(policy);
        var publications = new[] { rig.Deliver("m1"), rig.Deliver("m2"), rig.Deliver("m3") };
        Assert.Equal(1, rig.Counters.Drops(reason));
        rig.Commit();
        Assert.All(publications[..2], publication => Assert.Equal(ReasonCode.Success, rig.Publisher.ReasonOf(publication)));
        Assert.Equal(told, rig.Publisher.ReasonOf(publications[2]));
        Assert.Equal([$"PUBLISH 1 {first}", $"PUBLISH 2 {second}"], rig.Connect().Take());
    }

    [Fact]
    public void Deliver_DropOldestByBytes_MakesRoomForALargerOne()
    {
        var rig = Rig(QueuePolicy.DropOldest, messages: 100, bytes: 10);
        for (var i = 1; i <= 3; i++) rig.Deliver($"m{i}");
        Assert.Equal((3, 9), (rig.Session.QueuedCount, rig.Session.QueuedBytes));
        rig.Deliver("12345");
        Assert.Equal((2, 9), (rig.Session.QueuedCount, rig.Session.QueuedBytes));
        Assert.Equal(2, rig.Counters.Drops(DropReason.QueueFullOldest));
    }

    [Fact]
    public void Deliver_LargerThanTheWholeQueue_DropsOnlyItself()
    {
        var rig = Rig(QueuePolicy.DropOldest, messages: 100, bytes: 10);
        rig.Deliver("m1");
        var large = rig.Deliver("much too large");
        Assert.Equal((1, 1), (rig.Session.QueuedCount, rig.Counters.Drops(DropReason.QueueFullNewest)));
        Assert.True(rig.Publisher.IsSettled(large));
    }

    [Fact]
    public void Deliver_DroppedBeforeItsCommit_IsNotWritten()
    {
        var rig = Rig(QueuePolicy.DropOldest, messages: 1);
        rig.Deliver("m1");
        var pending = rig.Journal.PendingCount;
        rig.Deliver("m2");
        Assert.Equal(pending, rig.Journal.PendingCount);
        rig.Commit();
        rig.Deliver("m3");
        rig.Commit();
        Assert.Single(rig.Journal.Committed, static key => key[0] == 'm');
    }

    [Fact]
    public void Deliver_TransientSessionWithFullWindowAndQueue_Refuses()
    {
        var rig = new SessionRig(new LimitsOptions { QueuePolicy = QueuePolicy.Refuse, MaxQueuedMessages = 1 });
        rig.Connect(SessionRig.Transient, receiveMaximum: 1);
        rig.Subscribe();
        var publications = new[] { rig.Deliver("m1"), rig.Deliver("m2"), rig.Deliver("m3", QoS.ExactlyOnce) };
        Assert.Equal([ReasonCode.Success, ReasonCode.Success, ReasonCode.QuotaExceeded], publications.Select(publication => rig.Publisher.ReasonOf(publication)!.Value));
    }
}
