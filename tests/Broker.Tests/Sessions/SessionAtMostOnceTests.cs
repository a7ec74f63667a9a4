using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

public sealed class SessionAtMostOnceTests
{
    [Fact]
    public void Deliver_OutputFull_DropsAsSlowConsumer()
    {
        var rig = new SessionRig();
        var connection = rig.Connect();
        rig.Subscribe();
        connection.Room = 1;
        for (var i = 1; i <= 3; i++) rig.Deliver($"m{i}", QoS.AtMostOnce);
        Assert.Equal(["PUBLISH m1"], connection.Take());
        Assert.Equal((2, 0), (rig.Counters.Drops(DropReason.SlowConsumer), rig.Session.QueuedCount));
    }

    [Theory]
    [InlineData(false, 0, 1)]
    [InlineData(true, 1, 0)]
    public void Deliver_NotConnected_QueuedOnlyWhenTheOwnerWants(bool queues, int queued, int dropped)
    {
        var rig = new SessionRig(new LimitsOptions { QueueQoS0 = queues });
        var connection = rig.Connect();
        rig.Subscribe();
        rig.Detach(connection);
        rig.Deliver("m", QoS.AtMostOnce);
        Assert.Equal((queued, dropped), (rig.Session.QueuedCount, rig.Counters.Drops(DropReason.NotConnected)));
        Assert.Equal(queued, rig.Connect().Take().Length);
    }

    [Fact]
    public void Deliver_EarlierOneQueuedBehindTheWindow_DoesNotOvertake()
    {
        var rig = new SessionRig();
        var connection = rig.Connect(receiveMaximum: 1);
        rig.Subscribe();
        rig.Deliver("window");
        rig.Session.BeginSubscribe();
        rig.Deliver("waits");
        rig.Deliver("first", QoS.AtMostOnce);
        rig.Session.CompleteSubscribe(connection, rig.Now);
        rig.Deliver("second", QoS.AtMostOnce);
        Assert.Equal(["PUBLISH 1 window"], connection.Take());
        rig.Session.PubAck(1, ReasonCode.Success, rig.Now);
        Assert.Equal(["PUBLISH 2 waits", "PUBLISH first", "PUBLISH second"], connection.Take());
        rig.Deliver("third", QoS.AtMostOnce);
        Assert.Equal(["PUBLISH third"], connection.Take());
    }

    [Fact]
    public void CompleteAttach_QueuedQoS0BeyondTheOutput_WaitsForRoom()
    {
        var rig = new SessionRig(new LimitsOptions { QueueQoS0 = true });
        var first = rig.Connect();
        rig.Subscribe();
        rig.Detach(first);
        for (var i = 1; i <= 3; i++) rig.Deliver($"m{i}", QoS.AtMostOnce);
        var second = rig.Begin(rig.Parameters(SessionRig.Durable), out _);
        second.Room = 1;
        rig.Session.CompleteAttach(second, rig.Now);
        Assert.Equal(["PUBLISH m1"], second.Take());
        second.Room = 5;
        rig.Session.OutputDrained(rig.Now);
        Assert.Equal(["PUBLISH m2", "PUBLISH m3"], second.Take());
        Assert.Equal(0, rig.Counters.Drops(DropReason.SlowConsumer));
    }

    [Fact]
    public void Deliver_WhileSubAckIsToCome_BoundedByTheQueue()
    {
        var rig = new SessionRig(new LimitsOptions { MaxQueuedMessages = 1 });
        var connection = rig.Connect();
        rig.Subscribe();
        rig.Session.BeginSubscribe();
        rig.Deliver("m1", QoS.AtMostOnce);
        rig.Deliver("m2", QoS.AtMostOnce);
        Assert.Empty(connection.Take());
        rig.Session.CompleteSubscribe(connection, rig.Now);
        Assert.Equal(["PUBLISH m1"], connection.Take());
        Assert.Equal(1, rig.Counters.Drops(DropReason.SlowConsumer));
    }

    [Fact]
    public void Detach_QoS0Queued_DropsAndCounts()
    {
        var rig = new SessionRig();
        var connection = rig.Connect();
        rig.Subscribe();
        rig.Session.BeginSubscribe();
        rig.Deliver("m0", QoS.AtMostOnce);
        rig.Deliver("m1");
        rig.Detach(connection);
        Assert.Equal((1, 1), (rig.Session.QueuedCount, rig.Counters.Drops(DropReason.NotConnected)));
    }
}
