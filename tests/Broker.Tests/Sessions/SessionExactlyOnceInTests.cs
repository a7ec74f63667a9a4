using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>Incoming QoS 2, over reconnects and crashes at every step (invariant B6).</summary>
public sealed class SessionExactlyOnceInTests
{
    private readonly SessionRig _rig = new();

    private static Publication In(string text = "m", ushort identifier = 7) => Publications.Of(text, QoS.ExactlyOnce, packetIdentifier: identifier);

    private List<Publication> Forwarded() =>
        [.. _rig.Effects().Where(static effect => effect.Kind == SessionEffectKind.Forward).Select(static effect => (Publication)effect.Target!)];

    private FakeConnection Reconnect(FakeConnection connection)
    {
        _rig.Detach(connection);
        var next = _rig.Begin(_rig.Parameters(SessionRig.Durable), out _);
        _rig.Session.CompleteAttach(next, _rig.Now);
        return next;
    }

    [Fact]
    public void PublishExactlyOnce_Durable_PubRecAndForwardFollowTheCommit()
    {
        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        Assert.Empty(connection.Take());
        Assert.Empty(Forwarded());
        _rig.Commit();
        Assert.Equal(["PUBREC 7"], connection.Take());
        var forwarded = Assert.Single(Forwarded());
        _rig.Session.InboundSettled(forwarded, ReasonCode.Success, _rig.Now);
        Assert.Empty(connection.Take());

        _rig.Session.PubRel(7);
        Assert.Empty(connection.Take());
        _rig.Commit();
        Assert.Equal(["PUBCOMP 7"], connection.Take());
        Assert.Equal(["h0"], _rig.Journal.Committed);
    }

    [Fact]
    public void RefuseOverdue_BeforeTheCommit_LeavesNothingAndFreesTheIdentifier()
    {
        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In("first"));
        _rig.Session.RefuseOverdue(7);
        Assert.Equal(["PUBREC 7 QuotaExceeded"], connection.Take());
        _rig.Session.PublishExactlyOnce(In("second"));
        _rig.Commit();
        Assert.Equal(["PUBREC 7"], connection.Take());
        Assert.Equal("second", Assert.Single(Forwarded()).Text());
        Assert.Equal("fhp", string.Concat(_rig.Journal.Committed.Select(static key => key[0])));
    }

    [Fact]
    public void RefuseOverdue_TransientSession_IsToldAndTheLateEndOfTheMessageIsNot()
    {
        var connection = _rig.Connect(SessionRig.Transient);
        _rig.Session.PublishExactlyOnce(In("first"));
        var forwarded = Assert.Single(Forwarded());
        _rig.Session.RefuseOverdue(7);
        Assert.Equal(["PUBREC 7 QuotaExceeded"], connection.Take());
        _rig.Session.PublishExactlyOnce(In("second"));
        _rig.Session.InboundSettled(forwarded, ReasonCode.Success, _rig.Now);
        Assert.Empty(connection.Take());
        _rig.Session.InboundSettled(Assert.Single(Forwarded()), ReasonCode.Success, _rig.Now);
        Assert.Equal(["PUBREC 7"], connection.Take());
    }

    [Fact]
    public void RefuseOverdue_AfterTheCommit_DoesNothing()
    {
        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        connection.Take();
        _rig.Session.RefuseOverdue(7);
        Assert.Empty(connection.Take());
    }

    [Fact]
    public void PublishExactlyOnce_Transient_PubRecFollowsTheShard()
    {
        var connection = _rig.Connect(SessionRig.Transient);
        _rig.Session.PublishExactlyOnce(In());
        var forwarded = Assert.Single(Forwarded());
        Assert.Empty(connection.Take());
        _rig.Session.InboundSettled(forwarded, ReasonCode.NoMatchingSubscribers, _rig.Now);
        Assert.Equal(["PUBREC 7 NoMatchingSubscribers"], connection.Take());
        _rig.Session.PubRel(7);
        Assert.Equal(["PUBCOMP 7"], connection.Take());
    }

    [Fact]
    public void InboundSettled_TransientRefused_FreesTheIdentifierForANewMessage()
    {
        var connection = _rig.Connect(SessionRig.Transient);
        _rig.Session.PublishExactlyOnce(In("m1"));
        _rig.Session.InboundSettled(Assert.Single(Forwarded()), ReasonCode.QuotaExceeded, _rig.Now);
        Assert.Equal(["PUBREC 7 QuotaExceeded"], connection.Take());
        _rig.Session.PublishExactlyOnce(In("m2"));
        Assert.Equal("m2", Assert.Single(Forwarded()).Text());
    }

    [Fact]
    public void PublishExactlyOnce_Redelivered_IsForwardedOnceAndAnsweredAgain()
    {
        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        _rig.Session.PublishExactlyOnce(In());
        Assert.Equal(["PUBREC 7", "PUBREC 7"], connection.Take());
        Assert.Single(Forwarded());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Committed_AfterAReconnect_AnswersOnlyWhoSentItThere(bool resent)
    {
        var first = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        var second = Reconnect(first);
        if (resent) _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        Assert.Equal(resent ? ["PUBREC 7"] : [], second.Take());
        Assert.Single(Forwarded());
        _rig.Session.PublishExactlyOnce(In());
        Assert.Equal(["PUBREC 7"], second.Take());
    }

    [Fact]
    public void PubRel_RepeatedAfterAReconnectBeforeItsCommit_PubCompWaits()
    {
        var first = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        _rig.Session.PubRel(7);
        var second = Reconnect(first);
        _rig.Session.PubRel(7);
        Assert.Empty(second.Take());
        _rig.Commit();
        Assert.Equal(["PUBCOMP 7"], second.Take());
        _rig.Session.PubRel(7);
        Assert.Equal(["PUBCOMP 7 PacketIdentifierNotFound"], second.Take());
    }

    [Fact]
    public void PubRel_BeforePubRec_DoesNotLoseTheMessage()
    {
        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Session.PubRel(7);
        Assert.Equal(["PUBCOMP 7 PacketIdentifierNotFound"], connection.Take());
        _rig.Commit();
        Assert.Single(Forwarded());
    }

    [Fact]
    public void Crash_BeforeTheCommit_TheMessageComesAgainAsNew()
    {
        _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Session.Committed(_rig.Journal.Commit(_rig.Journal.PendingNumbers[0]), _rig.Now);
        _rig.Crash();
        Assert.Empty(Forwarded());
        _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        Assert.Single(Forwarded());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Crash_AfterPubRec_ForwardsAgainAndRemembersTheIdentifierUntilPubRel(bool released)
    {
        _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        if (released) _rig.Session.PubRel(7);
        _rig.Commit();
        _rig.Crash();
        var forwarded = Assert.Single(Forwarded());
        Assert.Equal(released ? 0 : 1, _rig.Session.InboundCount);

        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In("next"));
        _rig.Commit();
        Assert.Equal(["PUBREC 7"], connection.Take());
        Assert.Equal(released ? 1 : 0, Forwarded().Count);
        _rig.Session.InboundSettled(forwarded, ReasonCode.Success, _rig.Now);
        _rig.Session.PubRel(7);
        _rig.Commit();
        Assert.Equal(["PUBCOMP 7"], connection.Take());
    }

    [Fact]
    public void Crash_ShardWasDone_RemembersTheIdentifierOnly()
    {
        _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        _rig.Session.InboundSettled(Assert.Single(Forwarded()), ReasonCode.Success, _rig.Now);
        _rig.Commit();
        _rig.Crash();
        Assert.Empty(Forwarded());
        Assert.Equal(1, _rig.Session.InboundCount);
    }

    [Fact]
    public void Detach_SessionEndsWithAMessageUnderway_ItsJournalWaitsForTheShard()
    {
        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        var forwarded = Assert.Single(Forwarded());
        _rig.Detach(connection, expiry: 0);
        Assert.Empty(_rig.Effects());
        _rig.Commit();
        _rig.Crash();
        Assert.Single(Forwarded());
        Assert.NotNull(forwarded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void InboundSettled_AReceiverCouldNotStoreIt_IsForwardedAgainAsTheSame(bool isReleasedBefore)
    {
        _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        var forwarded = Assert.Single(Forwarded());
        if (isReleasedBefore) _rig.Session.PubRel(7);
        _rig.Session.InboundSettled(forwarded, Publication.NotStored, _rig.Now);
        if (!isReleasedBefore) _rig.Session.PubRel(7);

        var again = Assert.Single(Forwarded());
        Assert.Equal((forwarded.Text(), forwarded.Origin), (again.Text(), again.Origin));
        _rig.Commit();
        Assert.Equal("fhp", string.Concat(_rig.Journal.Committed.Select(static key => key[0]).Order()));
        _rig.Session.InboundSettled(again, ReasonCode.Success, _rig.Now);
        _rig.Commit();
        Assert.Equal(["h0"], _rig.Journal.Committed);
    }

    [Fact]
    public void InboundSettled_NotStoredAndFenced_IsLeftToTheNextActivation()
    {
        _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        var forwarded = Assert.Single(Forwarded());
        _rig.Session.Fence();
        _rig.Session.InboundSettled(forwarded, Publication.NotStored, _rig.Now);
        Assert.Empty(Forwarded());
    }

    [Fact]
    public void InboundSettled_TransientNotStored_IsRefusedToItsPublisher()
    {
        var connection = _rig.Connect(SessionRig.Transient);
        _rig.Session.PublishExactlyOnce(In());
        _rig.Session.InboundSettled(Assert.Single(Forwarded()), Publication.NotStored, _rig.Now);
        Assert.Equal(["PUBREC 7 QuotaExceeded"], connection.Take());
    }

    [Fact]
    public void InboundSettled_LastOfAnEndedSession_LetsTheJournalGo()
    {
        var connection = _rig.Connect();
        _rig.Session.PublishExactlyOnce(In());
        _rig.Commit();
        var forwarded = Assert.Single(Forwarded());
        _rig.Detach(connection, expiry: 0);
        _rig.Session.InboundSettled(forwarded, ReasonCode.Success, _rig.Now);
        Assert.Equal([SessionEffectKind.Ended], _rig.EffectKinds());
    }
}
