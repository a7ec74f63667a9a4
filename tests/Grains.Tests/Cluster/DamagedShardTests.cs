using System.Collections.Immutable;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Cluster;

public sealed class DamagedShardTests(OneSilo silo) : IClassFixture<OneSilo>
{
    [Fact]
    public async Task Open_RecordsOfAnotherVersionOrDamaged_TheRestServes()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var client = silo.Node.Client("a");
        await client.ConnectAsync(TestClient.Durable);
        await client.SubscribeAsync("d/a/+");
        await client.PublishAsync("d/a/kept", "kept", retain: true);
        Assert.Equal("kept", await client.NextPayloadAsync());
        await silo.Cluster.DeactivateShardAsync("d/a/t");
        var id = new JournalId("shard", silo.Cluster.Space.OfTopic("d/a/t"u8).ToString("D5"));
        await using var writer = new JournalWriter(silo.Store, WriterId.New(), TimeProvider.System);
        var found = new Found();
        var journal = (await writer.OpenAsync(id, found, found, cancellation)).Journal;
        Assert.Equal(2, found.Records.Count);
        foreach (var (key, value, payload) in found.Records)
        {
            // The key is the value's affair: here only the kind counts.
            for (var length = 0; length < value.Length; length++) journal.Put([key[0], 1, (byte)length], value.AsSpan(0, length), Journal.Stored, payload);
            journal.Put([key[0], 2], value, Journal.Stored, ImmutableArray<byte>.Empty);
            journal.Put([key[0]], Enumerable.Repeat((byte)255, 64).ToArray());
        }

        journal.Put("unknown"u8, "kind"u8);
        journal.End(JournalEnding.Close);
        await writer.WhenIdleAsync(cancellation);

        await client.PublishAsync("d/a/t", "live");
        Assert.Equal("live", await client.NextPayloadAsync());
        await client.SubscribeAsync("d/a/kept");
        Assert.Equal("kept", await client.NextPayloadAsync());
    }

    private sealed class Found : IJournalOwner, IJournalReplay
    {
        public List<(byte[] Key, byte[] Value, ImmutableArray<byte> Payload)> Records { get; } = [];

        public void Replay(in JournalRecord record) => Records.Add((record.Key.ToArray(), record.Value.ToArray(), record.Payload));

        public void Committed(ulong number)
        {
            // The test waits until the writer is idle.
        }

        public void Fenced()
        {
            // The shard opens it next.
        }
    }
}
