using System.Collections.Immutable;
using System.Text;
using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Broker.Sessions;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Tests.Records;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Sessions;

/// <summary>The bytes of every record of a session: a stored contract, which only ever grows at its ends.</summary>
public sealed class SessionJournalTests
{
    /// <summary>2026-01-01T00:00:00Z in milliseconds since 1970.</summary>
    private const string Now = "00a8da769b010000";

    /// <summary>In seconds, short.</summary>
    private const string NowSecond = "80f2d6ca06";

    [Theory]
    [InlineData(false, "0000000000000000")]
    [InlineData(true, Now)]
    public async Task PutHeader_Bytes(bool isDisconnected, string disconnectedAt)
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutHeader(new SessionHeader(
            0x0102030405060708, 9, ProtocolVersion.Mqtt5, 3_600, "user", isDisconnected ? recorded.Clock.NowMilliseconds : null));

        Assert.Equal([("68", "0807060504030201" + "0900000000000000" + "05" + "100e0000" + disconnectedAt + "0400000075736572", null)], await recorded.ReadAsync());
    }

    [Theory]
    [InlineData(false, "00")]
    [InlineData(true, "01")]
    public async Task PutSubscription_Bytes(bool renews, string field)
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var options = new SubscriptionOptions(QoS.ExactlyOnce, NoLocal: true, RetainAsPublished: false, RetainHandling.DoNotSend, Identifier: 300);
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutSubscription(new Subscription(TopicFilter.Parse("a/+"), options, version: 5, 0)
        {
            Renews = renews,
            State = SubscriptionState.Removing,
        });

        Assert.Equal([("730000000000000005", "03000000612f2b" + "05000000" + "02" + "02" + "01" + "00" + "02" + "2c010000" + field, null)], await recorded.ReadAsync());
    }

    [Theory]
    [InlineData(null, "00" + "00000000")]
    [InlineData(60u, "01" + "3c000000")]
    public async Task PutWill_Bytes(uint? expiry, string fields)
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutWill(new WillMessage("topbye"u8.ToArray(), 2, 1, QoS.AtLeastOnce, Retain: true, 30, expiry));

        Assert.Equal([("77", "02000000" + "01000000" + "01" + "01" + "1e000000" + fields, "746f70627965")], await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutMessage_ToSeveralReceivers_RefersToOnePayload()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new SessionJournal(recorded.Journal, recorded.Clock, "node");
        var message = Message("t/x");
        journal.PutMessage(new OutboundMessage { Publication = message, Sequence = 1, QoS = QoS.AtLeastOnce }, packetIdentifier: 1);
        journal.PutMessage(new OutboundMessage { Publication = message, Sequence = 2, QoS = QoS.AtLeastOnce }, packetIdentifier: 2);
        journal.PutMessage(new OutboundMessage { Publication = Message("t/x"), Sequence = 3, QoS = QoS.AtLeastOnce }, packetIdentifier: 3);

        var payloads = new Payloads();
        await recorded.ReplayAsync(payloads);
        Assert.True(payloads.Found[0] == payloads.Found[1]);
        Assert.False(payloads.Found[1] == payloads.Found[2]);
    }

    [Fact]
    public async Task PutMessage_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var publication = new Publication("t/xPp"u8.ToArray(), 3, 1, QoS.ExactlyOnce, retain: true, "pub")
        {
            PacketIdentifier = 0x0203,
            ExpiresAtMilliseconds = recorded.Clock.NowMilliseconds,
        };
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutMessage(
            new OutboundMessage { Publication = publication, Sequence = 7, QoS = QoS.AtLeastOnce, Retain = true, SubscriptionIdentifiers = [3, 5] }, packetIdentifier: 9);

        Assert.Equal(
            [("6d0000000000000007", "0900" + "01" + "01" + "02000000" + "03000000" + "05000000" + "0e" + "03" + "01" + Now + "03707562" + "0302" + "05" + "00" + NowSecond, "742f785070")],
            await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutMessage_OfASharedSubscription_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var publication = new Publication("tp"u8.ToArray(), 1, 0, QoS.AtLeastOnce, retain: false, "pub");
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutMessage(
            new OutboundMessage { Publication = publication, Sequence = 7, QoS = QoS.AtLeastOnce, Shared = TopicFilter.Parse("$share/g/t") }, packetIdentifier: 0);

        Assert.Equal(
            [("6d0000000000000007", "0000" + "01" + "00" + "00000000" + "01" + "01" + "00" + "03707562" + "0000" + "02" + "0a2473686172652f672f74" + NowSecond, "7470")],
            await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutMessage_WithOrigin_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var publication = new Publication("tp"u8.ToArray(), 1, 0, QoS.ExactlyOnce, retain: false, "pub") { Origin = new MessageOrigin(0x0102, 0x0304, LowestOpen: 9) };
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutMessage(
            new OutboundMessage { Publication = publication, Sequence = 7, QoS = QoS.ExactlyOnce }, packetIdentifier: 0);

        Assert.Equal(
            [("6d0000000000000007", "0000" + "02" + "00" + "00000000" + "12" + "01" + "00" + "03707562" + "0000" + "0201000000000000" + "0403000000000000" + "02" + "00" + NowSecond, "7470")],
            await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutDrops_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var drops = new SessionDrops();
        drops.Add(DropReason.Expired, 300);
        drops.Add(DropReason.SlowConsumer, 1);
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutDrops(0x0102, drops);

        Assert.Equal([("64", "0201000000000000" + "0101" + "06ac02", null)], await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutSeen_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutSeen(0x0102, 0x0304);

        Assert.Equal([("78" + "0000000000000102" + "0000000000000304", "", null)], await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutIdentifier_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutIdentifier(sequence: 7, packetIdentifier: 0x0203, released: true);

        Assert.Equal([("690000000000000007", "0302" + "01", null)], await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutInbound_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var publication = new Publication(Encoding.UTF8.GetBytes("t/xp"), 3, 0, QoS.ExactlyOnce, retain: false, "pub") { PacketIdentifier = 4 };
        new SessionJournal(recorded.Journal, recorded.Clock, "node").PutInbound(packetIdentifier: 4, sequence: 7, publication);

        Assert.Equal(
            [
                ("660000000000000007", "02" + "03" + "00" + "03707562" + "0400", "742f7870"),
                ("700000000000000007", "0400" + "00", null),
            ],
            await recorded.ReadAsync());
    }

    [Fact]
    public async Task ReleaseInbound_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new SessionJournal(recorded.Journal, recorded.Clock, "node").ReleaseInbound(packetIdentifier: 4, sequence: 7);

        Assert.Equal([("700000000000000007", "0400" + "01", null)], await recorded.ReadAsync());
    }

    [Fact]
    public async Task Remove_EveryKind_LeavesNothing()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new SessionJournal(recorded.Journal, recorded.Clock, "node");
        var publication = new Publication("t/xp"u8.ToArray(), 3, 0, QoS.ExactlyOnce, retain: false, "pub");
        var message = new OutboundMessage { Publication = publication, Sequence = 7, QoS = QoS.ExactlyOnce };
        journal.PutSubscription(new Subscription(TopicFilter.Parse("a"), default, version: 5, 0));
        journal.PutWill(new WillMessage([1], 1, 0, QoS.AtMostOnce, Retain: false, 0, null));
        var record = journal.PutMessage(message, 0);
        var identifier = journal.PutIdentifier(7, 1, released: false);
        journal.PutInbound(4, 8, publication);
        await recorded.WrittenAsync();

        journal.RemoveSubscription(5);
        journal.RemoveWill();
        journal.RemoveMessage(7, record, identifier);
        journal.RemoveInboundMessage(8);
        journal.RemoveInbound(8);

        Assert.Empty(await recorded.ReadAsync());
    }

    private static Publication Message(string body) => new(Encoding.UTF8.GetBytes(body), body.Length, 0, QoS.AtLeastOnce, retain: false, "pub");

    private sealed class Payloads : IJournalReplay
    {
        public List<ImmutableArray<byte>> Found { get; } = [];

        public void Replay(in JournalRecord record) => Found.Add(record.Payload);
    }
}
