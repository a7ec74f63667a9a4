using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using OrleansBroker.Storage.Embedded;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Tests.Journals;
using RocksDbSharp;

namespace OrleansBroker.Storage.Tests.Embedded;

/// <summary>What is the embedded store's own: its directory, its format, what a crash leaves, payloads that several records share.</summary>
public sealed class EmbeddedStoreFilesTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly WriterId _writer = WriterId.New();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_DirectoryInUse_IsRefusedWithItsPath()
    {
        await using var first = _folder.Open();
        var refusal = Assert.Throws<StoreRefusedException>(() => _folder.Open());
        Assert.Contains(_folder.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NewerFormat_IsRefusedByItsNumber()
    {
        await _folder.Open().DisposeAsync();
        using (var database = RocksDb.Open(new DbOptions(), _folder.Path))
            database.Put("f"u8, [2, .. "64 buckets"u8]);

        var refusal = Assert.Throws<StoreRefusedException>(() => _folder.Open());
        Assert.Contains("has format 02; this program knows format 01", refusal.Message, StringComparison.Ordinal);
        using (var database = RocksDb.Open(new DbOptions(), _folder.Path))
            database.Put("f"u8, [1, .. "64 buckets"u8]);
        await _folder.Open().DisposeAsync();
    }

    [Fact]
    public async Task Open_OtherLayout_IsRefusedByBoth()
    {
        await _folder.Open().DisposeAsync();
        var refusal = Assert.Throws<StoreRefusedException>(() => new EmbeddedJournalStore(
            new EmbeddedStoreOptions { Path = _folder.Path, Layout = new StoreLayout(8, "Broker:Cluster:Shards=8") }, TimeProvider.System));
        Assert.Contains("was created with 64 buckets, and this program was to use 8 buckets (Broker:Cluster:Shards=8)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PathIsAFile_IsRefused()
    {
        var file = System.IO.Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "x");
        Assert.Throws<StoreRefusedException>(() => new EmbeddedJournalStore(new EmbeddedStoreOptions { Path = file }, TimeProvider.System));
    }

    [Fact]
    public async Task Open_AfterACrash_HasEveryCommittedRowAndEpochsRise()
    {
        await using var store = _folder.Open();
        var opening = await OpenAsync(store, "a");
        await CommitAsync(store, Row("a", opening).Put("k", "v").Due(77).Attached("node"));
        using var copy = Crashed();

        await using var next = copy.Open();
        var log = new RecordLog();
        var reopened = await next.OpenAsync(Session("a"), WriterId.New(), log, Cancellation);

        Assert.Equal(["k=v"], log.Records);
        Assert.True(reopened.Epoch.Value > opening.Epoch.Value);
        Assert.False(reopened.PreviousClosed);
        Assert.Equal((77, "node"), (reopened.DueUtcSecond, reopened.AttachedOwner));
        Assert.Empty(copy.Recovered);
    }

    [Fact]
    public async Task Open_LogEndsWithinAWrite_HasWhatIsBeforeItAndReports()
    {
        await using var store = _folder.Open();
        var opening = await OpenAsync(store, "a");
        await CommitAsync(store, Row("a", opening, 1).Put("first", "v"));
        await CommitAsync(store, Row("a", opening, 2).Put("torn", new string('x', 1000)));
        using var copy = Crashed();
        var log = Directory.GetFiles(copy.Path, "*.log").Single();
        using (var stream = new FileStream(log, FileMode.Open))
        {
            stream.Position = stream.Length - 500;
            stream.Write(new byte[500]); // the file has its length already, its last pages never came to the disk
        }

        await using var next = copy.Open();

        Assert.Equal(["first=v"], await ReplayAsync(next, "a"));
        Assert.Contains("dropping", Assert.Single(copy.Recovered), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaveCheckpoint_WhileOpen_IsAStoreOfItsOwn()
    {
        await using var store = _folder.Open();
        var opening = await OpenAsync(store, "a");
        await CommitAsync(store, Row("a", opening, 1).Put("before", "v"));
        using var target = new StoreFolder();
        var directory = System.IO.Path.Combine(target.Path, "checkpoint");
        store.SaveCheckpoint(directory);
        await CommitAsync(store, Row("a", opening, 2).Put("after", "v"));

        await using var checkpoint = new EmbeddedJournalStore(new EmbeddedStoreOptions { Path = directory }, TimeProvider.System);

        Assert.Equal(["before=v"], await ReplayAsync(checkpoint, "a"));
        Assert.Equal(["before=v", "after=v"], await ReplayAsync(store, "a"));
    }

    [Fact]
    public async Task Replay_MoreThanIsKeptAtOnce_InOrderOfLastWrite()
    {
        await using var store = _folder.Open();
        var opening = await OpenAsync(store, "a");
        for (var row = 1; row <= 5; row++)
        {
            var builder = Row("a", opening, row);
            for (var i = 0; i < 10; i++) builder.Put($"{9 - i}{row}", row.ToString(), Payload(100 * 1024, (char)('a' + i)));
            await CommitAsync(store, builder);
        }

        var expected = Enumerable.Range(1, 5).SelectMany(row => Enumerable.Range(0, 10).Select(i => $"{9 - i}{row}={row}+{new string((char)('a' + i), 100 * 1024)}"));
        Assert.Equal(expected, await ReplayAsync(store, "a"));
    }

    [Fact]
    public async Task Commit_PayloadOfManyReceivers_IsStoredOnceAndGoesWithTheLast()
    {
        const int Receivers = 50;
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var store = _folder.Open(time);
        var payload = Payload(4096, 'p');
        var openings = new List<JournalOpening>();
        for (var i = 0; i < Receivers; i++) openings.Add(await OpenAsync(store, "s" + i));
        await store.CommitAsync([.. openings.Select((opening, i) => Row("s" + i, opening).Put("m", "v", payload).Build())], Cancellation);
        for (var i = 1; i < Receivers; i++) await CommitAsync(store, Row("s" + i, openings[i], 2).Remove("m"));
        Assert.Equal(["m=v+" + Encoding.UTF8.GetString(payload.AsSpan())], await ReplayAsync(store, "s0"));
        await store.DisposeAsync();

        Assert.Equal((1, Receivers), Shared());
        using (var database = new EmbeddedDatabase(new EmbeddedStoreOptions { Path = _folder.Path }))
            Assert.Equal(0, new EmbeddedPayloads(database).Sweep(10));
        Assert.Equal((1, Receivers), Shared()); // the first reference holds, the others need not be looked at

        store = _folder.Open(time);
        var last = await OpenAsync(store, "s0");
        await CommitAsync(store, Row("s0", last).Ending(JournalEnding.Delete));
        await store.DisposeAsync();
        using (var database = new EmbeddedDatabase(new EmbeddedStoreOptions { Path = _folder.Path }))
            Assert.Equal(1, new EmbeddedPayloads(database).Sweep(10));
        Assert.Equal((0, 0), Shared());
    }

    private static JournalId Session(string key) => new("session", key);

    private static ImmutableArray<byte> Payload(int length, char of) => ImmutableCollectionsMarshal.AsImmutableArray(Encoding.UTF8.GetBytes(new string(of, length)));

    private RowBuilder Row(string key, JournalOpening opening, int row = 1) => new(Session(key), opening.Epoch, _writer, opening.Number + (ulong)row);

    private async Task<JournalOpening> OpenAsync(EmbeddedJournalStore store, string key) => await store.OpenAsync(Session(key), _writer, new RecordLog(), Cancellation);

    private static async Task CommitAsync(EmbeddedJournalStore store, RowBuilder builder)
    {
        var row = builder.Build();
        await store.CommitAsync([row], Cancellation);
        Assert.Equal(JournalOutcome.Committed, row.Outcome);
    }

    private static async Task<List<string>> ReplayAsync(EmbeddedJournalStore store, string key)
    {
        var log = new RecordLog();
        await store.OpenAsync(Session(key), WriterId.New(), log, Cancellation);
        return log.Records;
    }

    /// <summary>The files as the process would leave them if it ended now.</summary>
    private StoreFolder Crashed()
    {
        var copy = new StoreFolder();
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            if (System.IO.Path.GetFileName(file) != "LOCK") File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));
        }

        return copy;
    }

    /// <summary>Payload rows and references in the closed store.</summary>
    private (int Payloads, int References) Shared()
    {
        using var database = new EmbeddedDatabase(new EmbeddedStoreOptions { Path = _folder.Path });
        var (payloads, references) = (new List<byte>(), new List<byte>());
        database.Scan("p"u8, "p"u8, payloads, static (list, _, _) => { list.Add(0); return true; });
        database.Scan("q"u8, "q"u8, references, static (list, _, _) => { list.Add(0); return true; });
        return (payloads.Count, references.Count);
    }
}
