using System.Collections.Immutable;
using Azure.Data.Tables;
using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Storage.AzureTables;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Tests.Journals;

namespace OrleansBroker.Storage.Tests.AzureTables;

public sealed class AzureTablesJournalStoreTests(AzuriteFixture fixture) : JournalStoreContract, IClassFixture<AzuriteFixture>
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private string _tableName = string.Empty;

    /// <summary>Azurite keeps a table as one JavaScript string, of at most 512 MiB: of a larger payload it could not keep the chunks, which are all alike.</summary>
    protected override int GreatestPayload => 32 * 1024 * 1024;

    private TableClient Table => new(fixture.Server.ConnectionString(), _tableName);

    [Fact]
    public async Task Open_TableOfALaterProgram_IsRefusedByItsFormat()
    {
        await Table.UpsertEntityAsync(new TableEntity("format", "format") { ["version"] = 2, ["layout"] = "64 buckets" }, TableUpdateMode.Replace, Cancellation);
        var refusal = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenStoreAsync());
        Assert.Contains("has format 2; this program knows format 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OtherNumberOfBuckets_IsRefused()
    {
        var refusal = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenStoreAsync(buckets: 8));
        Assert.Contains("created with 64 buckets", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    public async Task Open_TableOfThatFormat_HasAllThatWasStored(int format)
    {
        var path = StoreFixture.PathOf($"azure-{format}.json");
        if (StoreFixture.MustBeWritten(path))
        {
            await StoreFixture.WriteAsync(Store);
            await File.WriteAllTextAsync(path, await TableCopy.ReadAsync(Table, Cancellation), Cancellation);
        }

        _tableName = fixture.Server.NewTableName();
        await Table.CreateAsync(Cancellation);
        await TableCopy.WriteAsync(Table, await File.ReadAllTextAsync(path, Cancellation), Cancellation);
        await using var store = await OpenStoreAsync();
        await StoreFixture.AssertReadAsync(store);
    }

    [Fact]
    public async Task Open_ManyNodesAtOnceWithoutATable_AllSucceed()
    {
        _tableName = fixture.Server.NewTableName();
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenStoreAsync()));
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task Compact_WrittenAndRemovedMeanwhile_LeavesNoEntityButThoseThatCount()
    {
        var opening = await OpenAsync(Session("a"));
        for (var row = 1; row <= 50; row++) await CommitAllAsync(Row(Session("a"), opening, row).Put("k" + row, "v").Remove("k" + (row - 1)));
        await FoldAsync(Session("a"), opening);

        Assert.Equal(1, await CountAsync("r!"));
        Assert.Equal(1, await CountAsync("l!")); // the opening's row
        Assert.Equal(["k50=v"], await ReplayAsync(Session("a")));
        Assert.Equal(["k50=v"], await ReadAsync(Session("a"), "k49", "k50"));
    }

    [Fact]
    public async Task Compact_InTheMiddleOfARow_GoesOnWhereItWas()
    {
        var opening = await OpenAsync(Session("a"));
        var row = Row(Session("a"), opening);
        for (var i = 0; i < 500; i++) row.Put($"k{i:000}", "v");
        await CommitAllAsync(row);
        Assert.Equal(JournalCompaction.More, await Store.CompactAsync(Session("a"), opening.Epoch, Writer, 10, Cancellation));
        Assert.Equal(10, await CountAsync("r!"));

        var expected = Enumerable.Range(0, 500).Select(static i => $"k{i:000}=v").ToList();
        Assert.Equal(expected, await ReplayAsync(Session("a")));
        var next = await OpenAsync(Session("a"));
        await FoldAsync(Session("a"), next);
        Assert.Equal(500, await CountAsync("r!"));
        Assert.Equal(expected, await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Compact_ByWhoWasFencedMeanwhile_ChangesNothing()
    {
        var stale = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), stale, 1).Put("k", "old"));
        var other = await OpenStoreAsync();
        var writer = WriterId.New();
        var owner = await other.OpenAsync(Session("a"), writer, new RecordLog(), Cancellation);
        var row = Row(Session("a"), owner, 1, writer).Put("k", "new").Build();
        await other.CommitAsync([row], Cancellation);
        while (await other.CompactAsync(Session("a"), owner.Epoch, writer, 100, Cancellation) == JournalCompaction.More) Assert.False(Cancellation.IsCancellationRequested);

        await FoldAsync(Session("a"), stale);
        Assert.Equal(["k=new"], await ReplayAsync(Session("a")));
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Commit_ManyRows_AreFoldedBehindThem()
    {
        var opening = await OpenAsync(Session("a"));
        for (var row = 1; row <= 300; row++) await CommitAllAsync(Row(Session("a"), opening, row).Put("k", row.ToString()));
        while (await CountAsync("l!") > 100) await Task.Yield();
        Assert.Equal(["k=300"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Compact_SharedPayload_StaysWhileAnythingNamesIt()
    {
        // Two journals of one partition.
        var names = Enumerable.Range(0, 1000).Select(static i => Session("s" + i)).Where(journal => Store.PartitionOf(journal) == 0).Take(2).ToArray();
        var payload = ImmutableArray.Create(new byte[10_000]);
        var first = await OpenAsync(names[0]);
        var second = await OpenAsync(names[1]);
        await Store.CommitAsync([Row(names[0], first).Put("k", "v", payload).Build(), Row(names[1], second).Put("k", "v", payload).Build()], Cancellation);
        Assert.Equal(1, await CountAsync("p!"));

        await FoldAsync(names[0], first);
        await FoldAsync(names[1], second);
        Assert.Equal(1, await CountAsync("p!"));
        await CommitAllAsync(Row(names[0], first, 2).Put("k", "other"));
        await FoldAsync(names[0], first);
        Assert.Equal(1, await CountAsync("p!"));
        await CommitAllAsync(Row(names[1], second, 2).Remove("k"));
        await FoldAsync(names[1], second);
        Assert.Equal(0, await CountAsync("p!"));
    }

    [Fact]
    public async Task Delete_ThenSwept_LeavesTheOpeningsForADayAndThenNothing()
    {
        var opening = await OpenAsync(Session("a"));
        var payload = ImmutableArray.Create(new byte[10_000]);
        await CommitAllAsync(Row(Session("a"), opening, 1).Put("k1", "v", payload).Put("k2", "v", payload).Put("plain", "v"));
        await FoldAsync(Session("a"), opening);
        await CommitAllAsync(
            Row(Session("a"), opening, 2).Put("k3", "v", payload).Put("k4", "v", payload), Row(Session("a"), opening, 3).Ending(JournalEnding.Delete));
        await SweepAsync();
        Assert.Equal((0, 0, 1), (await CountAsync("r!"), await CountAsync("p!"), await CountAsync("l!")));

        _time.Advance(TimeSpan.FromHours(25));
        await SweepAsync();
        Assert.Equal((0, 0, 0), (await CountAsync("l!"), await CountAsync("h!"), await CountAsync("g!")));
        Assert.True((await OpenAsync(Session("a"))).Epoch.Value > opening.Epoch.Value);
    }

    [Fact]
    public async Task Delete_OpenedAgainBeforeTheSweep_KeepsWhatIsNew()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening, 1).Put("old", "v"), Row(Session("a"), opening, 2).Ending(JournalEnding.Delete));
        var next = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), next, 1).Put("new", "v"));
        await FoldAsync(Session("a"), next);
        _time.Advance(TimeSpan.FromHours(25));
        await SweepAsync();

        Assert.Equal(["new=v"], await ReplayAsync(Session("a")));
        Assert.Equal(0, await CountAsync("g!"));
    }

    [Fact]
    public async Task Compact_LargeRecord_TakesItsChunksWithIt()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening, 1).Put("k", "v", ImmutableArray.Create(new byte[3_000_000])));
        Assert.Equal(5, await CountAsync("b!"));
        await FoldAsync(Session("a"), opening);
        Assert.Equal(5, await CountAsync("b!"));
        await CommitAllAsync(Row(Session("a"), opening, 2).Remove("k"));
        await FoldAsync(Session("a"), opening);
        Assert.Equal(0, await CountAsync("b!"));
    }

    [Fact]
    public async Task Commit_OneRowOfMoreSharedPayloadsThanATransactionHolds_IsWhole()
    {
        var opening = await OpenAsync(Session("a"));
        var row = Row(Session("a"), opening);
        var expected = new List<string>();
        for (var i = 0; i < 150; i++)
        {
            var payload = ImmutableArray.Create(Enumerable.Repeat((byte)('a' + (i % 26)), 5_000).ToArray());
            row.Put($"k{i:000}", "1", payload).Put($"l{i:000}", "2", payload);
            var text = new string((char)('a' + (i % 26)), 5_000);
            expected.AddRange([$"k{i:000}=1+{text}", $"l{i:000}=2+{text}"]);
        }

        await CommitAllAsync(row);
        Assert.Equal(expected, await ReplayAsync(Session("a")));
        var next = await OpenAsync(Session("a"));
        await FoldAsync(Session("a"), next);
        Assert.Equal(expected, await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Sweep_ADayLater_ForgetsLeasesAndKeepsWhoOwnsTheShards()
    {
        await OpenAsync(Shard(1));
        await Store.Leases.RenewAsync(Writer, Long, Cancellation);
        await Store.Leases.RemainingAsync(Writer, Cancellation);
        await SweepAsync();
        Assert.Equal((1, 1, 1), (await CountAsync("e!"), await CountAsync("t!"), await CountAsync("o!")));
        _time.Advance(TimeSpan.FromHours(25));
        await SweepAsync();
        Assert.Equal((0, 0, 1), (await CountAsync("e!"), await CountAsync("t!"), await CountAsync("o!")));
    }

    [Fact]
    public async Task AttachedOwners_NothingIsLeft_NoteGoesAndComesAgain()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening, 1).Attached("node"), Row(Session("a"), opening, 2).Attached(null));
        Assert.Empty(await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
        Assert.Equal(1, await NotesAsync());

        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
        Assert.Equal(0, await NotesAsync());

        await CommitAllAsync(Row(Session("a"), opening, 3).Attached("node"));
        Assert.Equal(["node"], await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
    }

    [Fact]
    public async Task AttachedOwners_AnotherNodeAttachesToOneThatWasEmpty_IsSeenAfterAPause()
    {
        var (a, b) = (await OpenAsync(Session("a")), await OpenAsync(Session("b")));
        await CommitAllAsync(Row(Session("a"), a, 1).Attached("node"), Row(Session("a"), a, 2).Attached(null));
        Assert.Empty(await Store.AttachedOwnersAsync(null, null, 10, Cancellation));

        await using var other = await OpenStoreAsync();
        await other.CommitAsync([Row(Session("b"), b).Attached("node").Build()], Cancellation);

        Assert.Empty(await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["node"], await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
    }

    [Fact]
    public async Task AttachedOwners_ThatMayBeSkipped_AreNotLookedFor()
    {
        foreach (var owner in (string[])["dead", "living"]) await CommitAllAsync(Row(Session(owner), await OpenAsync(Session(owner))).Attached(owner));

        Assert.Equal(["dead"], await Store.AttachedOwnersAsync(static owner => owner == "living", null, 10, Cancellation));
    }

    [Fact]
    public async Task Commit_ServerRestartedMeanwhile_GoesOn()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Put("k", "1"));
        await fixture.Server.StopAsync();
        var row = Row(Session("a"), opening, 2).Put("k", "2").Build();
        await Assert.ThrowsAnyAsync<Exception>(async () => await Store.CommitAsync([row], Cancellation));
        Assert.Equal(JournalOutcome.Unknown, row.Outcome);
        await fixture.Server.StartAsync();
        await Store.CommitAsync([row], Cancellation);

        Assert.Equal(JournalOutcome.Committed, row.Outcome);
        Assert.Equal(["k=2"], await ReplayAsync(Session("a")));
    }

    protected override async ValueTask<IJournalStore> CreateAsync()
    {
        _tableName = fixture.Server.NewTableName();
        return await OpenStoreAsync();
    }

    protected override async ValueTask<IJournalStore> ReopenAsync(IJournalStore store)
    {
        await store.DisposeAsync();
        return await OpenStoreAsync();
    }

    private Task<AzureTablesJournalStore> OpenStoreAsync(int buckets = 64) => AzureTablesJournalStore.OpenAsync(
        new AzureTablesStoreOptions { ConnectionString = fixture.Server.ConnectionString(), TableName = _tableName, Layout = new StoreLayout(buckets) }, _time, Cancellation);

    private Task SweepAsync() => ((AzureTablesJournalStore)Store).SweepOnceAsync(withChunks: true, Cancellation);

    private async Task FoldAsync(JournalId journal, JournalOpening opening)
    {
        while (await Store.CompactAsync(journal, opening.Epoch, Writer, 1000, Cancellation) == JournalCompaction.More) Assert.False(Cancellation.IsCancellationRequested);
    }

    /// <summary>Of owners, whether anything is attached to them or not.</summary>
    private async Task<int> NotesAsync() => await Table.QueryAsync<TableEntity>($"PartitionKey eq '{AzureKeys.OwnersPartition}'", cancellationToken: Cancellation).CountAsync(Cancellation);

    private async Task<int> CountAsync(string prefix)
    {
        var count = 0;
        await foreach (var entity in Table.QueryAsync<TableEntity>($"RowKey ge '{prefix}' and RowKey lt '{prefix}~~'", select: ["RowKey"], cancellationToken: Cancellation)) count++;
        return count;
    }
}
