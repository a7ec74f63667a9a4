using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public abstract partial class JournalStoreContract
{
    [Fact]
    public async Task Replay_SeveralRows_InOrderOfLastWrite()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(
            Row(Session("a"), opening, 1).Put("z", "1").Put("b", "2"),
            Row(Session("a"), opening, 2).Put("a", "3"),
            Row(Session("a"), opening, 3).Put("z", "4").Put("c", "5"));

        Assert.Equal(["b=2", "a=3", "z=4", "c=5"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Replay_KeyWrittenTwiceInOneRow_LastWins()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Put("a", "1").Put("b", "2").Put("a", "3").Put("c", "4").Remove("c"));

        Assert.Equal(["b=2", "a=3"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Replay_RemovedKeys_AreGoneAndMayReturn()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(
            Row(Session("a"), opening, 1).Put("a", "1").Put("b", "1").Put("c", "1"),
            Row(Session("a"), opening, 2).Remove("a").Remove("b").Remove("unknown"),
            Row(Session("a"), opening, 3).Put("b", "2"));

        Assert.Equal(["c=1", "b=2"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Replay_RowsOfSeveralEpochs_AllCount()
    {
        for (var i = 0; i < 3; i++)
        {
            var opening = await OpenAsync(Session("a"));
            await CommitAllAsync(Row(Session("a"), opening).Put("k" + i, "v"));
        }

        Assert.Equal(["k0=v", "k1=v", "k2=v"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Replay_ArbitraryBytesInKeyAndValue_AreKept()
    {
        var opening = await OpenAsync(Session("a"));
        byte[][] keys = [[0], [0, 0], [255], [0, 255, 47, 37, 92, 39], Enumerable.Repeat((byte)7, 1024).ToArray()];
        await using var writer = new JournalWriter(Store, Writer, TimeProvider.System);
        var opened = await writer.OpenAsync(Session("a"), new RecordingOwner(), new RecordLog(), Cancellation);
        var number = 0ul;
        foreach (var key in keys)
            number = opened.Journal.Put(key, key.Reverse().ToArray());
        Assert.True(await opened.Journal.WhenCommittedAsync(number).WaitAsync(Cancellation));

        var replay = new ByteLog();
        await Store.OpenAsync(Session("a"), Writer, replay, Cancellation);
        Assert.Equal(keys, replay.Records.Select(record => record.Key));
        Assert.Equal(keys.Select(key => key.Reverse()), replay.Records.Select(record => record.Value));
        Assert.True(opened.Opening.Epoch.Value > opening.Epoch.Value);
    }

    [Fact]
    public async Task Replay_SharedPayload_ReachesEveryReceiver()
    {
        var payload = ImmutableArray.Create("hello"u8);
        var other = ImmutableArray.Create("other"u8);
        var rows = new List<JournalAppend>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            var opening = await OpenAsync(Session(name));
            rows.Add(Row(Session(name), opening).Put("1", name, payload).Put("2", "plain").Put("3", "x", other).Put("4", "y", payload).Build());
        }

        await Store.CommitAsync(rows, Cancellation);

        foreach (var name in new[] { "a", "b", "c" })
            Assert.Equal(["1=" + name + "+hello", "2=plain", "3=x+other", "4=y+hello"], await ReplayAsync(Session(name)));
    }

    [Fact]
    public async Task Replay_PayloadReplacedOrRemovedByOneReceiver_StaysForTheOthers()
    {
        var payload = ImmutableArray.Create("hello"u8);
        var a = await OpenAsync(Session("a"));
        var b = await OpenAsync(Session("b"));
        await Store.CommitAsync([Row(Session("a"), a).Put("1", "v", payload).Build(), Row(Session("b"), b).Put("1", "v", payload).Build()], Cancellation);
        await CommitAllAsync(Row(Session("a"), a, 2).Remove("1"));
        while (await Store.CompactAsync(Session("a"), a.Epoch, Writer, 10, Cancellation) == JournalCompaction.More)
            Assert.False(Cancellation.IsCancellationRequested);

        Assert.Equal(["1=v+hello"], await ReplayAsync(Session("b")));
        Assert.Empty(await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Replay_PayloadsOverBudget_AreNotLoadedAndCanBeReadByKey()
    {
        var opening = await OpenAsync(Session("a"));
        var row = Row(Session("a"), opening);
        for (var i = 0; i < 4; i++)
            row.Put("k" + i, "v", ImmutableCollectionsMarshal.AsImmutableArray(Encoding.UTF8.GetBytes("payload" + i)));
        await CommitAllAsync(row);

        // "payload0" has 8 bytes: two fit into 20.
        Assert.Equal(["k0=v+payload0", "k1=v+payload1", "k2=v+?", "k3=v+?"], await ReplayAsync(Session("a"), maxPayloadBytes: 20));
        Assert.Equal(["k3=v+payload3", "k2=v+payload2"], await ReadAsync(Session("a"), "k3", "none", "k2"));
    }

    [Fact]
    public async Task Read_RemovedKeyOrUnknownJournal_IsLeftOut()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening, 1).Put("a", "1").Put("b", "2"), Row(Session("a"), opening, 2).Remove("a").Put("b", "3"));

        Assert.Equal(["b=3"], await ReadAsync(Session("a"), "a", "b"));
        Assert.Empty(await ReadAsync(Session("nobody"), "a"));
    }

    [Theory]
    [InlineData(256 * 1024)]
    [InlineData(3 * 1024 * 1024)]
    public async Task Commit_LargeRecord_IsKept(int length)
    {
        var value = string.Create(length, length, static (text, _) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = (char)('a' + (i % 26));
        });
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening, 1).Put("value", value), Row(Session("a"), opening, 2).Put("payload", "", ImmutableCollectionsMarshal.AsImmutableArray(Encoding.UTF8.GetBytes(value))));

        Assert.Equal(["value=" + value, "payload=+" + value], await ReplayAsync(Session("a")));
    }

    /// <summary>As large as a packet can be: 256 MiB less a byte, of which topic and properties are a part.</summary>
    protected virtual int GreatestPayload => (256 * 1024 * 1024) - 1;

    [Fact]
    public async Task Commit_PayloadOfTheGreatestPacket_IsKept()
    {
        var payload = new byte[GreatestPayload];
        new Random(1).NextBytes(payload);
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening, 1).Put("k", "v", ImmutableCollectionsMarshal.AsImmutableArray(payload)));

        var replay = new PayloadLog();
        await Store.OpenAsync(Session("a"), WriterId.New(), replay, Cancellation);
        Assert.True(payload.AsSpan().SequenceEqual(Assert.Single(replay.Payloads).AsSpan()));
    }

    [Fact]
    public async Task Commit_TenThousandRecords_AreReplayedInOrder()
    {
        var opening = await OpenAsync(Session("a"));
        for (var row = 0; row < 10; row++)
        {
            var builder = Row(Session("a"), opening, row + 1);
            for (var i = 0; i < 1000; i++)
                builder.Put($"k{(row * 1000) + i}", "v");
            await CommitAllAsync(builder);
        }

        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"k{i}=v"), await ReplayAsync(Session("a")));
    }

    private sealed class PayloadLog : IJournalReplay
    {
        public List<ImmutableArray<byte>> Payloads { get; } = [];

        public void Replay(in JournalRecord record) => Payloads.Add(record.Payload);
    }

    private sealed class ByteLog : IJournalReplay
    {
        public List<(byte[] Key, byte[] Value)> Records { get; } = [];

        public void Replay(in JournalRecord record) => Records.Add((record.Key.ToArray(), record.Value.ToArray()));
    }
}
