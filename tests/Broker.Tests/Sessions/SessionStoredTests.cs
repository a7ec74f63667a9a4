using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Tests.Messages;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Tests.Sessions;

/// <summary>Queues of which the journal has more than memory (invariant H2).</summary>
public sealed class SessionStoredTests
{
    /// <summary>Of a session with a connection; without one it is 1.</summary>
    private const int Loaded = 16;

    private static SessionRig Offline(LimitsOptions? limits = null)
    {
        var rig = new SessionRig(limits) { Journal = new FakeJournal { MaxLoadedMessages = Loaded } };
        var connection = rig.Connect();
        rig.Subscribe();
        rig.Detach(connection);
        rig.Commit();
        rig.Effects();
        return rig;
    }

    private static string[] Sent(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(static i => $"PUBLISH {i} m{i}")];

    private static void Deliver(SessionRig rig, int from, int to)
    {
        for (var i = from; i <= to; i++) rig.Deliver($"m{i}");
    }

    /// <summary>A QoS 2 message of a publisher that may hand it on again.</summary>
    private static void DeliverFrom(SessionRig rig, long sequence)
    {
        var publication = Publications.Of($"m{sequence}", QoS.ExactlyOnce);
        publication.Origin = new MessageOrigin(7, sequence, LowestOpen: 1);
        rig.Deliver(publication, rig.Match([.. rig.Session.Subscriptions.Items]));
    }

    [Fact]
    public void Deliver_OfflineBeyondWhatIsLoaded_ComesFromTheJournalInOrder()
    {
        var rig = Offline();
        Deliver(rig, 1, 90);
        rig.Commit();
        Assert.Equal(90, rig.Session.QueuedCount);

        var connection = rig.Connect();
        Assert.Equal(Sent(1, 1), connection.Take());
        rig.LoadStored();
        Assert.Equal(Sent(2, 90), connection.Take());
        Assert.Equal((0, 0), (rig.Session.QueuedCount, rig.Session.QueuedBytes));
    }

    [Fact]
    public void Deliver_MoreThanAPage_ComesPageByPageAsTheClientTakesIt()
    {
        var rig = Offline();
        Deliver(rig, 1, 1200);
        rig.Commit();
        var connection = rig.Connect(receiveMaximum: 10);
        for (var i = 1; i <= 1200; i++)
        {
            rig.LoadStored();
            if (i == 1) Assert.InRange(connection.Packets.Count, 1, 10);
            rig.Session.PubAck((ushort)i, ReasonCode.Success, rig.Now);
            rig.Commit();
        }

        Assert.Equal(Enumerable.Range(1, 1200).Select(static i => $"m{i}"), connection.Packets.Select(static packet => packet.Text));
        Assert.DoesNotContain(rig.Journal.Committed, static key => key[0] == 'm');
    }

    [Fact]
    public void Connect_QueueNotCommittedYet_IsReadWhenItIs()
    {
        var rig = Offline();
        Deliver(rig, 1, 5);
        var connection = rig.Begin(rig.Parameters(SessionRig.Durable), out _);
        rig.Session.CompleteAttach(connection, rig.Now);
        Assert.DoesNotContain(SessionEffectKind.LoadStored, rig.EffectKinds());

        rig.Commit();
        rig.LoadStored();
        Assert.Equal(Sent(1, 5), connection.Take());
    }

    [Fact]
    public void Deliver_WhileAPageIsRead_StaysBehindIt()
    {
        var rig = Offline();
        Deliver(rig, 1, 5);
        rig.Commit();
        var connection = rig.Connect();
        var page = (StoredPage)Assert.Single(rig.Effects(), static effect => effect.Kind == SessionEffectKind.LoadStored).Target!;
        var messages = rig.Journal.Read(page);
        Deliver(rig, 6, 7);
        rig.Session.StoredLoaded(page, messages, rig.Now);
        rig.Commit();
        rig.LoadStored();
        Assert.Equal(Sent(1, 7), connection.Take());
    }

    [Fact]
    public void Deliver_QueueFullDropOldest_ForgetsUnreadMessages()
    {
        var rig = Offline(new LimitsOptions { QueuePolicy = QueuePolicy.DropOldest, MaxQueuedMessages = 5 });
        Deliver(rig, 1, 12);
        rig.Commit();
        Assert.Equal((5, 7), (rig.Session.QueuedCount, rig.Counters.Drops(DropReason.QueueFullOldest)));
        var connection = rig.Connect();
        rig.LoadStored();
        Assert.Equal(["m8", "m9", "m10", "m11", "m12"], connection.Packets.Select(static packet => packet.Text));
    }

    [Fact]
    public void StoredLoaded_OldestDroppedMeanwhile_IsNotSent()
    {
        var rig = Offline(new LimitsOptions { QueuePolicy = QueuePolicy.DropOldest, MaxQueuedMessages = 5 });
        Deliver(rig, 1, 5);
        rig.Commit();
        var connection = rig.Connect(receiveMaximum: 1); // m1 is on its way
        var page = (StoredPage)Assert.Single(rig.Effects(), static effect => effect.Kind == SessionEffectKind.LoadStored).Target!;
        var messages = rig.Journal.Read(page);
        Deliver(rig, 6, 7); // m2 makes room
        rig.Session.StoredLoaded(page, messages, rig.Now);
        rig.Commit();
        for (ushort i = 1; i <= 6; i++)
        {
            rig.LoadStored();
            rig.Session.PubAck(i, ReasonCode.Success, rig.Now);
        }

        Assert.Equal(["m1", "m3", "m4", "m5", "m6", "m7"], connection.Packets.Select(static packet => packet.Text));
    }

    [Fact]
    public void Connect_CleanStart_EndsWhatIsStoredToo()
    {
        var rig = Offline();
        Deliver(rig, 1, 50);
        rig.Commit();
        rig.Connect();
        var late = (StoredPage)Assert.Single(rig.Effects(), static effect => effect.Kind == SessionEffectKind.LoadStored).Target!;
        var messages = rig.Journal.Read(late);
        var connection = rig.Connect(cleanStart: true);
        rig.Session.StoredLoaded(late, messages, rig.Now);

        Assert.Equal((50, 0), (rig.Counters.Drops(DropReason.SessionEnded), rig.Session.QueuedCount));
        Assert.Empty(connection.Take());
        Assert.DoesNotContain(rig.Journal.Committed, static key => key[0] == 'm');
    }

    [Fact]
    public void Crash_LongQueue_IsCompleteAfterwards()
    {
        var rig = Offline();
        Deliver(rig, 1, 300);
        rig.Commit();
        rig.Crash();
        Assert.Equal(300, rig.Session.QueuedCount);
        var connection = rig.Connect(receiveMaximum: 1000);
        rig.LoadStored();
        Assert.Equal(Sent(1, 300), connection.Take());
    }

    [Fact]
    public void Crash_ExactlyOnceMessageOnlyInTheJournal_IsKnownWhenItComesAgain()
    {
        var rig = Offline();
        for (var i = 1; i <= 40; i++) DeliverFrom(rig, i);
        rig.Commit();
        rig.Crash();
        DeliverFrom(rig, 40);
        Assert.Equal(40, rig.Session.QueuedCount);
    }

    [Fact]
    public void Deliver_AtMostOnceQueuedBehindStored_KeepsItsPlaceAndLeavesNoRecord()
    {
        var rig = Offline(new LimitsOptions { QueueQoS0 = true });
        Deliver(rig, 1, 3);
        rig.Deliver("zero", QoS.AtMostOnce);
        rig.Deliver("last");
        rig.Commit();
        var connection = rig.Connect();
        rig.LoadStored();
        Assert.Equal(["m1", "m2", "m3", "zero", "last"], connection.Packets.Select(static packet => packet.Text));
        rig.Commit();
        Assert.Equal(4, rig.Journal.Committed.Count(static key => key[0] == 'm'));
    }

    [Fact]
    public void StoredLoaded_RecordMissing_IsCountedAndTheOthersGoOn()
    {
        var rig = Offline();
        Deliver(rig, 1, 5);
        rig.Commit();
        var connection = rig.Connect();
        var page = (StoredPage)Assert.Single(rig.Effects(), static effect => effect.Kind == SessionEffectKind.LoadStored).Target!;
        rig.Session.StoredLoaded(page, [.. rig.Journal.Read(page).Where(static message => message.Sequence != 3)], rig.Now);
        Assert.Equal(["m1", "m2", "m4", "m5"], connection.Packets.Select(static packet => packet.Text));
        Assert.Equal(1, rig.Counters.Drops(DropReason.StoredUnreadable));
    }

    [Fact]
    public void IsIdle_OfflineAndAllCommitted_OnlyThen()
    {
        var rig = Offline();
        Assert.True(rig.Session.IsIdle);
        Deliver(rig, 1, 1);
        Assert.False(rig.Session.IsIdle);
        rig.Commit();
        Assert.True(rig.Session.IsIdle);
        rig.Connect();
        Assert.False(rig.Session.IsIdle);
    }
}
