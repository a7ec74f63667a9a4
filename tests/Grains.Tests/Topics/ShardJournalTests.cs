using OrleansBroker.Broker.Messages;
using OrleansBroker.Broker.Shards;
using OrleansBroker.Broker.Subscriptions;
using OrleansBroker.Grains.Tests.Records;
using OrleansBroker.Grains.Topics;
using OrleansBroker.Mqtt.Packets;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Grains.Tests.Topics;

/// <summary>The bytes of every record of a shard: a stored contract, which only ever grows at its ends.</summary>
public sealed class ShardJournalTests
{
    private static readonly TopicFilter Filter = TopicFilter.Parse("$share/g/a/+");

    [Fact]
    public async Task PutRetained_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new ShardJournal(recorded.Journal, recorded.Clock).PutRetained(
            new Publication("t/xp"u8.ToArray(), 3, 0, QoS.AtLeastOnce, retain: true, "pub") { PacketIdentifier = 2 });

        Assert.Equal(
            [("74" + "742f78", "05" + "03" + "00" + "03707562" + "0200", "742f7870")],
            await recorded.ReadAsync());
    }

    [Fact]
    public async Task PutRoute_Bytes()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        new ShardJournal(recorded.Journal, recorded.Clock).PutRoute(Route("c"));

        Assert.Equal(
            [
                (
                    "72" + "2473686172652f672f612f2b" + "00" + "63",
                    "0c000000" + "2473686172652f672f612f2b" + "0100000063" + "0807060504030201" + "05000000" + "02" + "01" + "00" + "2c010000",
                    null),
            ],
            await recorded.ReadAsync());
    }

    [Fact]
    public async Task Remove_WhatWasPut_LeavesNothing()
    {
        await using var recorded = await RecordedJournal.OpenAsync();
        var journal = new ShardJournal(recorded.Journal, recorded.Clock);
        var longTopic = new byte[60_000];
        longTopic.AsSpan().Fill((byte)'t');
        journal.PutRetained(new Publication(longTopic, longTopic.Length, 0, QoS.AtLeastOnce, retain: true, "pub"));
        journal.PutRoute(Route(new string('c', 1_024)));

        journal.RemoveRetained(longTopic);
        journal.RemoveRoute(Filter, new string('c', 1_024));

        Assert.Empty(await recorded.ReadAsync());
    }

    private static Route Route(string clientId) =>
        new(Filter, new NoReceiver(clientId), 0x0102030405060708, new RouteGrant(5, QoS.ExactlyOnce, NoLocal: true, RetainAsPublished: false, 300), IsDurable: true);
}
