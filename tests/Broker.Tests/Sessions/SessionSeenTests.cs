using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>QoS 2 messages whose publisher's session hands them on again after a crash are taken once (invariant B6).</summary>
public sealed class SessionSeenTests
{
    private const long Publisher = 7;

    private readonly SessionRig _rig = new();

    private Publication Deliver(long sequence, long lowestOpen = 1)
    {
        var publication = Publications.Of($"m{sequence}", QoS.ExactlyOnce);
        publication.Origin = new MessageOrigin(Publisher, sequence, lowestOpen);
        return _rig.Deliver(publication, _rig.Match([.. _rig.Session.Subscriptions.Items]));
    }

    /// <summary>The client takes a message to the end of its flow.</summary>
    private void Complete(ushort packetIdentifier)
    {
        _rig.Session.PubRec(packetIdentifier, ReasonCode.Success, _rig.Now);
        _rig.Commit();
        _rig.Session.PubComp(packetIdentifier, _rig.Now);
        _rig.Commit();
    }

    private FakeConnection Subscribed()
    {
        var connection = _rig.Connect();
        _rig.Subscribe();
        _rig.Commit();
        return connection;
    }

    [Fact]
    public void Deliver_AgainBeforeItsCommit_IsDoneWithTheFirst()
    {
        var connection = Subscribed();
        var first = Deliver(1);
        var again = Deliver(1);
        Assert.False(_rig.Publisher.IsSettled(again));
        _rig.Commit();
        Assert.Equal([ReasonCode.Success, ReasonCode.Success], [_rig.Publisher.ReasonOf(first), _rig.Publisher.ReasonOf(again)]);
        Assert.Equal(["PUBLISH 1 m1"], connection.Take());
    }

    [Fact]
    public void Deliver_AgainAfterTheFlowEnded_IsNotSentAgain()
    {
        var connection = Subscribed();
        Deliver(1);
        _rig.Commit();
        Complete(1);
        connection.Take();
        var again = Deliver(1);
        Assert.True(_rig.Publisher.IsSettled(again));
        Assert.Empty(connection.Take());
    }

    [Fact]
    public void Deliver_AgainAfterACrash_IsNotQueuedAgain()
    {
        var connection = Subscribed();
        Deliver(1);
        _rig.Commit();
        Complete(1);
        Deliver(2);
        _rig.Commit();
        _rig.Detach(connection);
        _rig.Commit();
        _rig.Crash();
        Deliver(1);
        Deliver(2);
        Deliver(3);
        _rig.Commit();
        var later = _rig.Connect();
        _rig.Commit(); // of the identifier of m3
        Assert.Equal(["PUBLISH 2 m2 dup", "PUBLISH 3 m3"], later.Take());
    }

    [Fact]
    public void Deliver_OfAMessageThatThePublisherIsDoneWith_IsNotSentAgain()
    {
        var connection = Subscribed();
        Deliver(1);
        _rig.Commit();
        Complete(1);
        Deliver(2, lowestOpen: 2);
        _rig.Commit();
        connection.Take();

        // A silo that was taken for dead goes on with what it had.
        var again = Deliver(1);

        Assert.Equal(ReasonCode.Success, _rig.Publisher.ReasonOf(again));
        Assert.Empty(connection.Take());
    }

    [Fact]
    public void Deliver_OfALaterMessage_ForgetsWhatThePublisherIsDoneWith()
    {
        Subscribed();
        for (ushort i = 1; i <= 3; i++)
        {
            Deliver(i);
            _rig.Commit();
            Complete(i);
        }

        Assert.Equal(3, _rig.Journal.Committed.Count(static key => key[0] == 'x'));
        Deliver(4, lowestOpen: 4);
        _rig.Commit();
        Assert.DoesNotContain(_rig.Journal.Committed, static key => key[0] == 'x');
    }

    [Fact]
    public void Deliver_OfAnotherPublisherOrWithoutOrigin_IsAnotherMessage()
    {
        var connection = Subscribed();
        Deliver(1);
        var other = Publications.Of("other", QoS.ExactlyOnce);
        other.Origin = new MessageOrigin(Publisher + 1, 1, LowestOpen: 1);
        _rig.Deliver(other, _rig.Match([.. _rig.Session.Subscriptions.Items]));
        _rig.Deliver("none", QoS.ExactlyOnce);
        _rig.Deliver("none", QoS.ExactlyOnce);
        _rig.Commit();
        Assert.Equal(4, connection.Take().Length);
    }

    [Fact]
    public void Deliver_OfMorePublishersThanAreRemembered_ForgetsTheMostSilent()
    {
        Subscribed();
        var match = _rig.Match([.. _rig.Session.Subscriptions.Items]);
        for (var publisher = 1; publisher <= 1100; publisher++)
        {
            var publication = Publications.Of("m", QoS.ExactlyOnce);
            publication.Origin = new MessageOrigin(publisher, 1, LowestOpen: 1);
            _rig.Deliver(publication, match);
            _rig.Commit();
        }

        var again = Publications.Of("m", QoS.ExactlyOnce);
        again.Origin = new MessageOrigin(1100, 1, LowestOpen: 1);
        var before = _rig.Session.InflightCount + _rig.Session.QueuedCount;
        _rig.Deliver(again, match);
        Assert.Equal(before, _rig.Session.InflightCount + _rig.Session.QueuedCount);
        var forgotten = Publications.Of("m", QoS.ExactlyOnce);
        forgotten.Origin = new MessageOrigin(1, 1, LowestOpen: 1);
        _rig.Deliver(forgotten, match);
        Assert.Equal(before + 1, _rig.Session.InflightCount + _rig.Session.QueuedCount);
    }
}
