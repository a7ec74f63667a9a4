using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Grains.Tests.Records;
using OrleansBroker.Grains.Time;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Sessions;

public sealed class SessionReplayTests
{
    private static readonly SubscriptionOptions Options = new(QoS.ExactlyOnce, NoLocal: true, RetainAsPublished: true, RetainHandling.DoNotSend, 12);

    [Fact]
    public async Task Restore_EveryKind_BringsTheSessionBack()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new SessionJournal(recorded.Journal, recorded.Clock, "node");
        var now = recorded.Clock.NowMilliseconds;
        journal.PutHeader(new SessionHeader(11, 22, ProtocolVersion.Mqtt5, 3_600, "user", now - 5_000));
        journal.PutSubscription(new Subscription(TopicFilter.Parse("a/+"), Options, 3, 0) { State = SubscriptionState.Active });
        journal.PutSubscription(new Subscription(TopicFilter.Parse("b/#"), Options, 4, 0));
        journal.PutSubscription(new Subscription(TopicFilter.Parse("c"), Options, 9, 0) { State = SubscriptionState.Removing });
        journal.PutWill(new WillMessage("topbye"u8.ToArray(), 2, 1, QoS.AtLeastOnce, Retain: true, 30, 60));
        journal.PutMessage(Message(5, "queued"), 0);
        journal.PutMessage(Message(3, "sent"), packetIdentifier: 7);
        journal.PutMessage(Message(2, "given later"), 0);
        journal.PutIdentifier(2, 6, released: false);
        journal.PutMessage(Message(1, "released"), 0);
        journal.PutIdentifier(1, 5, released: true);
        journal.PutInbound(8, 4, new Publication("t/xin"u8.ToArray(), 3, 0, QoS.ExactlyOnce, retain: false, "pub") { PacketIdentifier = 8 });

        var replay = new SessionReplay(recorded.Clock);
        await recorded.ReplayAsync(replay);
        var session = NewSession();
        replay.Restore(session, journal);

        Assert.Equal(new SessionHeader(11, 22, ProtocolVersion.Mqtt5, 3_600, "user", now - 5_000), replay.Header);
        Assert.Equal((11, 22, 3_600u, "user", now - 5_000), (session.Incarnation, session.Epoch, session.ExpiryIntervalSeconds, session.UserName, session.DisconnectedAtMilliseconds));
        Assert.Equal([(3u, "a/+"), (4u, "b/#")], session.Subscriptions.Items.ToArray().Select(static item => (item.Version, item.Filter.Text)));
        Assert.All(session.Subscriptions.Items.ToArray(), static item => Assert.Equal(Options, item.Options));
        Assert.Equal("b/#", Assert.Single(replay.Pending).Filter.Text);
        Assert.Equal("c", Assert.Single(replay.Removing).Filter.Text);
        Assert.Equal(("topbye", 2, 1, QoS.AtLeastOnce, true, 30u, (uint?)60), Fields(session.Will!));
        Assert.Equal((3, 1, 1), (session.InflightCount, session.QueuedCount, session.InboundCount));
        Assert.True(session.TryTakeEffect(out var effect));
        Assert.Equal(SessionEffectKind.Forward, effect.Kind);
        Assert.Equal("in"u8.ToArray(), ((Publication)effect.Target!).Payload.ToArray());
        // A version is not given twice, not even that of a subscription that had ended.
        Assert.Equal(10u, session.Subscribe(TopicFilter.Parse("d"), Options, out _)!.Version);
    }

    [Fact]
    public async Task Restore_ThenConnect_SendsInOrder()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new SessionJournal(recorded.Journal, recorded.Clock, "node");
        journal.PutHeader(new SessionHeader(11, 22, ProtocolVersion.Mqtt5, 3_600, null, recorded.Clock.NowMilliseconds));
        journal.PutMessage(Message(5, "queued"), 0);
        journal.PutMessage(Message(3, "sent"), packetIdentifier: 7);
        journal.PutMessage(Message(1, "released"), packetIdentifier: 5);
        journal.PutIdentifier(1, 5, released: true);
        var replay = new SessionReplay(recorded.Clock);
        await recorded.ReplayAsync(replay);
        var session = NewSession();
        replay.Restore(session, new NoJournal());
        var connection = new FakeRegistry().Add();
        connection.Acknowledges = false;

        var attached = session.BeginAttach(connection, Connect(), incarnation: 99, journal: null, recorded.Clock.NowMilliseconds);
        session.CompleteAttach(connection, recorded.Clock.NowMilliseconds);
        session.Committed(ulong.MaxValue - 1, recorded.Clock.NowMilliseconds);

        Assert.True(attached.SessionPresent);
        Assert.Equal(new Sent.Ack(PacketType.PubRel, 5), await connection.Output.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            new Sent.Message("t/x", "sent", 7, QoS.ExactlyOnce, Duplicate: true, Retain: false), await connection.Output.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            new Sent.Message("t/x", "queued", 8, QoS.ExactlyOnce, Duplicate: false, Retain: false), await connection.Output.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("$share/g/t", "$share/g/t")]
    [InlineData("t", null)]
    [InlineData("", null)]
    [InlineData("$share/g", null)]
    public async Task ReadMessage_NamesAFilter_IsOfThatSharedSubscriptionOrOfNone(string text, string? expected)
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutMessage(Message(7, "m"), 0);
        var (key, value, payload) = Assert.Single(await recorded.ReadAsync());
        // As written before there was a second of the queueing: it and the empty name at the end are 6 bytes.
        byte[] named = [.. Convert.FromHexString(value)[..^6], (byte)text.Length, .. System.Text.Encoding.UTF8.GetBytes(text)];
        var record = new JournalRecord { Key = Convert.FromHexString(key), Value = named, HasPayload = true, Payload = ImmutableCollectionsMarshal.AsImmutableArray(Convert.FromHexString(payload!)) };

        Assert.True(JournaledMessage.TryRead(record, recorded.Clock, out var read));

        Assert.Equal(expected, read.Message.Shared?.Text);
    }

    [Fact]
    public async Task Restore_PendingBesideWhatItReplaces_HoldsBothVersions()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new SessionJournal(recorded.Journal, recorded.Clock, "node");
        journal.PutHeader(new SessionHeader(11, 22, ProtocolVersion.Mqtt5, 3_600, null, null));
        journal.PutSubscription(new Subscription(TopicFilter.Parse("a/+"), Options, 3, 0) { State = SubscriptionState.Active });
        journal.PutSubscription(new Subscription(TopicFilter.Parse("a/+"), Options, 4, 3));
        var replay = new SessionReplay(recorded.Clock);
        await recorded.ReplayAsync(replay);
        var session = NewSession();

        replay.Restore(session, new NoJournal());

        Assert.True(session.Subscriptions.Holds(3) && session.Subscriptions.Holds(4));
        Assert.Equal(1, session.Subscriptions.Count);
    }

    [Fact]
    public async Task Replay_ShorterOrOtherBytes_NeverThrows()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new SessionJournal(recorded.Journal, recorded.Clock, "node");
        journal.PutHeader(new SessionHeader(11, 22, ProtocolVersion.Mqtt5, 3_600, "user", 1));
        journal.PutSubscription(new Subscription(TopicFilter.Parse("a/+"), Options, 3, 0));
        journal.PutWill(new WillMessage("topbye"u8.ToArray(), 2, 1, QoS.AtLeastOnce, Retain: true, 30, 60));
        journal.PutMessage(Message(3, "sent"), packetIdentifier: 7);
        journal.PutIdentifier(3, 6, released: true);
        journal.PutInbound(8, 4, Message(4, "in").Publication!);
        var drops = new SessionDrops();
        drops.Add(DropReason.Expired, 300);
        journal.PutDrops(11, drops);
        var random = new Random(1);
        foreach (var (key, value, payload) in await recorded.ReadAsync())
        {
            var (keyBytes, valueBytes) = (Convert.FromHexString(key), Convert.FromHexString(value));
            var shared = payload is null ? default : ImmutableCollectionsMarshal.AsImmutableArray(Convert.FromHexString(payload));
            for (var length = 0; length <= valueBytes.Length; length++) Restore(keyBytes, valueBytes.AsSpan(0, length), shared);
            for (var length = 0; length <= keyBytes.Length; length++) Restore(keyBytes.AsSpan(0, length), valueBytes, shared);
            Restore(keyBytes, valueBytes, default);
            Restore(keyBytes, valueBytes, ImmutableArray<byte>.Empty);
            for (var i = 0; i < 500; i++)
            {
                random.NextBytes(valueBytes);
                Restore(keyBytes, valueBytes, shared);
            }
        }

        void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ImmutableArray<byte> payload)
        {
            var replay = new SessionReplay(recorded.Clock);
            replay.Replay(new JournalRecord { Key = [SessionJournal.HeaderKind], Value = [1, 0, 0, 0, 0, 0, 0, 0] });
            replay.Replay(new JournalRecord { Key = key, Value = value, HasPayload = !payload.IsDefault, Payload = payload });
            if (replay.Header is null) return;
            var session = NewSession();
            replay.Restore(session, new NoJournal());
            session.Due(recorded.Clock.NowMilliseconds);
        }
    }

    [Fact]
    public async Task Restore_LongQueue_StaysInTheJournalButForWhatIsNeeded()
    {
        const int Messages = 200;
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new SessionJournal(recorded.Journal, recorded.Clock, "node", maxLoadedMessages: 32);
        journal.PutHeader(new SessionHeader(11, 22, ProtocolVersion.Mqtt5, 3_600, "user", recorded.Clock.NowMilliseconds));
        for (var i = 1; i <= Messages; i++) journal.PutMessage(Message(i, new string('x', 4096)), 0);
        journal.PutIdentifier(150, 6, released: false);
        journal.PutWill(new WillMessage("topbye"u8.ToArray(), 2, 1, QoS.AtLeastOnce, Retain: true, 30, 60));

        var replay = new SessionReplay(recorded.Clock);
        await recorded.ReplayAsync(replay);
        Assert.Equal(2, replay.Unread.Count);
        await recorded.ReadAsync(replay.Unread, replay.ReadUnread());
        Assert.Empty(replay.Unread);
        var session = NewSession();
        replay.Restore(session, journal);

        Assert.Equal((Messages - 1, 1), (session.QueuedCount, session.InflightCount));
        Assert.Equal((Messages - 1) * (4096L + 3), session.QueuedBytes);
        Assert.NotNull(session.Will);
    }

    [Fact]
    public void Replay_OlderHeader_HasDefaultsForWhatItLacks()
    {
        var replay = new SessionReplay(new BrokerClock(TimeProvider.System));

        replay.Replay(new JournalRecord { Key = [SessionJournal.HeaderKind], Value = [1, 0, 0, 0, 0, 0, 0, 0] });

        Assert.Equal(new SessionHeader(1, 0, 0, 0, "", null), replay.Header);
    }

    private static OutboundMessage Message(long sequence, string payload) => new()
    {
        Publication = new Publication([.. "t/x"u8, .. System.Text.Encoding.UTF8.GetBytes(payload)], 3, 0, QoS.ExactlyOnce, retain: false, "pub"),
        Sequence = sequence,
        QoS = QoS.ExactlyOnce,
    };

    private static Session NewSession() => new("a", new LimitsOptions(), new BrokerCounters());

    private static (string, int, int, QoS, bool, uint, uint?) Fields(WillMessage will) =>
        (System.Text.Encoding.UTF8.GetString(will.Body), will.TopicLength, will.PropertiesLength, will.QoS, will.Retain, will.DelaySeconds, will.ExpirySeconds);

    private static ConnectParameters Connect() => new()
    {
        ClientId = "a",
        Version = ProtocolVersion.Mqtt5,
        CleanStart = false,
        SessionExpiryIntervalSeconds = 3_600,
        KeepAliveSeconds = 0,
        ReceiveMaximum = 10,
    };
}
