using System.Collections.Immutable;
using OrleansBroker.Storage.Journals;
using OrleansBroker.TestKit;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>
/// What stands in the stored fixtures: stores as programs of each format wrote them, kept in the repository, which this program reads. A new format gets a new one, written
/// with <c>WRITE_FIXTURES=1</c>; the older ones are never written again.
/// </summary>
internal static class StoreFixture
{
    private static readonly WriterId Writer = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
    private static readonly JournalId Away = new("session", "away");
    private static readonly JournalId Here = new("session", "ß/中");
    private static readonly JournalId Gone = new("session", "gone");
    private static readonly string SharedText = new('s', 6000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string PathOf(string name) => Repository.PathOf("tests", "Storage.Tests", "Fixtures", name);

    /// <summary>It is asked for, and not there.</summary>
    public static bool MustBeWritten(string path) => Environment.GetEnvironmentVariable("WRITE_FIXTURES") == "1" && !Path.Exists(path);

    /// <summary>Into an empty store.</summary>
    public static async Task WriteAsync(IJournalStore store)
    {
        var shared = ImmutableArray.Create(System.Text.Encoding.ASCII.GetBytes(SharedText));
        var first = await store.OpenAsync(Away, Writer, new RecordLog(), Cancellation);
        var second = await store.OpenAsync(Here, Writer, new RecordLog(), Cancellation);
        var third = await store.OpenAsync(Gone, Writer, new RecordLog(), Cancellation);
        await CommitAsync(
            store,
            new RowBuilder(Away, first.Epoch, Writer, first.Number + 1).Put("header", "1").Put("removed", "x").Put("own", "v", ImmutableArray.Create("own payload"u8)).Put("shared", "v", shared).Put("again", "v", shared).Due(1_800_000_000).Build(),
            new RowBuilder(Here, second.Epoch, Writer, second.Number + 1).Put("shared", "w", shared).Attached("node").Build(),
            new RowBuilder(Gone, third.Epoch, Writer, third.Number + 1).Put("k", "v").Build());
        while (await store.CompactAsync(Away, first.Epoch, Writer, 3, Cancellation) == JournalCompaction.More) Assert.False(Cancellation.IsCancellationRequested);
        await CommitAsync(
            store,
            new RowBuilder(Away, first.Epoch, Writer, first.Number + 2).Remove("removed").Remove("again").Ending(JournalEnding.Close).Build(),
            new RowBuilder(Gone, third.Epoch, Writer, third.Number + 2).Ending(JournalEnding.Delete).Build());
    }

    public static async Task AssertReadAsync(IJournalStore store)
    {
        Assert.Equal([Away, Here], await store.ListAsync("session", null, 10, Cancellation));
        var due = new List<DueJournal>();
        for (var bucket = 0; bucket < store.BucketCount; bucket++) due.AddRange(await store.DueAsync(bucket, 2_000_000_000, null, 10, Cancellation));
        Assert.Equal([new DueJournal(1_800_000_000, Away)], due);
        Assert.Equal([Here], await store.AttachedAsync("node", null, 10, Cancellation));
        var away = new RecordLog();
        var opening = await store.OpenAsync(Away, WriterId.New(), away, Cancellation);
        Assert.Equal(["header=1", "own=v+own payload", "shared=v+" + SharedText], away.Records);
        Assert.Equal((Writer, true), (opening.PreviousWriter, opening.PreviousClosed));
        var here = new RecordLog();
        await store.OpenAsync(Here, WriterId.New(), here, Cancellation);
        Assert.Equal(["shared=w+" + SharedText], here.Records);
    }

    private static async Task CommitAsync(IJournalStore store, params JournalAppend[] rows)
    {
        await store.CommitAsync(rows, Cancellation);
        Assert.All(rows, static row => Assert.Equal(JournalOutcome.Committed, row.Outcome));
    }
}
