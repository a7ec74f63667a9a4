using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>The client's Receive Maximum, over acknowledgements, commits and reconnects.</summary>
public sealed class SessionWindowTests
{
    private readonly SessionRig _rig = new();

    [Theory]
    [InlineData(SessionRig.Durable)]
    [InlineData(SessionRig.Transient)]
    public void Deliver_WindowFull_QueuesUntilPubAck(uint expiry)
    {
        var connection = _rig.Connect(expiry, receiveMaximum: 2);
        _rig.Subscribe();
        for (var i = 1; i <= 4; i++) _rig.Deliver($"m{i}");
        Assert.Equal(["PUBLISH 1 m1", "PUBLISH 2 m2"], connection.Take());
        Assert.Equal((2, 2), (_rig.Session.InflightCount, _rig.Session.QueuedCount));

        _rig.Session.PubAck(2, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 3 m3"], connection.Take());
        _rig.Session.PubAck(2, ReasonCode.Success, _rig.Now);
        Assert.Empty(connection.Take());
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 4 m4"], connection.Take());
    }

    [Fact]
    public void Committed_QoS2FoundOutputFull_IsSentWhenDrainedThoughItFillsTheWindow()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        _rig.Subscribe();
        connection.Room = 0;
        _rig.Deliver("m", QoS.ExactlyOnce);
        _rig.Commit();
        Assert.Empty(connection.Take());

        connection.Room = 1;
        _rig.Session.OutputDrained(_rig.Now);
        Assert.Equal(["PUBLISH 1 m"], connection.Take());
    }

    [Fact]
    public void Committed_QoS2OfAnOlderConnection_WaitsForTheWindow()
    {
        var first = _rig.Connect(receiveMaximum: 1);
        _rig.Subscribe();
        _rig.Deliver("early", QoS.ExactlyOnce);
        _rig.Detach(first);
        var second = _rig.Begin(_rig.Parameters(SessionRig.Durable, receiveMaximum: 1), out _);
        _rig.Session.CompleteAttach(second, _rig.Now);
        _rig.Deliver("late");
        Assert.Equal(["PUBLISH 2 late"], second.Take());

        _rig.Commit();
        Assert.Empty(second.Take());
        _rig.Session.PubAck(2, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 1 early"], second.Take());
    }

    [Fact]
    public void Committed_WhileItsRedeliveryWaits_IsSentOnce()
    {
        var first = _rig.Connect(receiveMaximum: 2);
        _rig.Subscribe();
        _rig.Deliver("m1");
        _rig.Deliver("m2", QoS.ExactlyOnce);
        _rig.Detach(first);
        var second = _rig.Begin(_rig.Parameters(SessionRig.Durable, receiveMaximum: 1), out _);
        _rig.Session.CompleteAttach(second, _rig.Now);
        _rig.Commit();
        _rig.Session.PubAck(1, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 1 m1 dup", "PUBLISH 2 m2"], second.Take());
        _rig.Session.OutputDrained(_rig.Now);
        Assert.Empty(second.Take());
    }

    [Fact]
    public void Committed_QoS2TooLarge_MakesRoomForTheNext()
    {
        var connection = _rig.Connect(receiveMaximum: 1);
        _rig.Subscribe();
        connection.MaximumBytes = 5;
        _rig.Deliver("too large", QoS.ExactlyOnce);
        _rig.Deliver("m");
        _rig.Commit();
        Assert.Equal(["PUBLISH 2 m"], connection.Take());
        Assert.Equal(1, _rig.Counters.Drops(DropReason.PacketTooLarge));
    }

    [Fact]
    public void CompleteAttach_SmallerReceiveMaximum_RedeliversWithinItInOrder()
    {
        var first = _rig.Connect(receiveMaximum: 4);
        _rig.Subscribe();
        for (var i = 1; i <= 4; i++) _rig.Deliver($"m{i}");
        _rig.Deliver("queued");
        _rig.Detach(first);

        var second = _rig.Connect(receiveMaximum: 2);
        Assert.Equal(["PUBLISH 1 m1 dup", "PUBLISH 2 m2 dup"], second.Take());
        for (ushort identifier = 1; identifier <= 4; identifier++) _rig.Session.PubAck(identifier, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 3 m3 dup", "PUBLISH 4 m4 dup", "PUBLISH 5 queued"], second.Take());
    }

    [Fact]
    public void CompleteAttach_PubRelOutstanding_DoesNotCountAgainstTheWindow()
    {
        var first = _rig.Connect(receiveMaximum: 1);
        _rig.Subscribe();
        _rig.Deliver("m1", QoS.ExactlyOnce);
        _rig.Commit();
        _rig.Session.PubRec(1, ReasonCode.Success, _rig.Now);
        _rig.Commit();
        _rig.Detach(first);

        var second = _rig.Connect(receiveMaximum: 1);
        _rig.Deliver("m2");
        Assert.Equal(["PUBREL 1", "PUBLISH 2 m2"], second.Take());
        _rig.Session.PubComp(1, _rig.Now);
        _rig.Deliver("m3");
        Assert.Empty(second.Take());
    }

    [Fact]
    public void CompleteAttach_EveryIdentifierInUse_RedeliversAll()
    {
        const int All = 65_535;
        var first = _rig.Connect(receiveMaximum: All);
        _rig.Subscribe();
        for (var i = 1; i <= All + 1; i++) _rig.Deliver("m");
        Assert.Equal((All, 1), (_rig.Session.InflightCount, _rig.Session.QueuedCount));
        _rig.Detach(first);

        var second = _rig.Connect(receiveMaximum: All);
        Assert.Equal(All, second.Packets.Count);
        Assert.All(second.Packets, static packet => Assert.True(packet.Duplicate));
        second.Take();
        _rig.Session.PubAck(30_000, ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBLISH 30000 m"], second.Take());
    }
}
