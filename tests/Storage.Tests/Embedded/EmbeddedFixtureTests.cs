using System.Collections.Immutable;
using OrleansBroker.Storage.Embedded;
using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Tests.Journals;
using OrleansBroker.TestKit;

namespace OrleansBroker.Storage.Tests.Embedded;

/// <summary>
/// Stores as programs of each format wrote them, kept in the repository: this program reads them. A new format gets a new folder, written with <c>WRITE_FIXTURES=1</c>;
/// the older ones are never written again.
/// </summary>
public sealed class EmbeddedFixtureTests
{
    private static readonly WriterId Writer = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    public async Task Open_StoreOfThatFormat_HasAllThatWasStored(int format)
    {
        var fixture = Repository.PathOf("tests", "Storage.Tests", "Fixtures", $"embedded-{format}");
        if (Environment.GetEnvironmentVariable("WRITE_FIXTURES") == "1" && !Directory.Exists(fixture)) await WriteAsync(fixture);
        using var folder = new StoreFolder();
        foreach (var file in Directory.GetFiles(fixture)) File.Copy(file, System.IO.Path.Combine(folder.Path, System.IO.Path.GetFileName(file)));
        await using var store = folder.Open();

        Assert.Equal([new JournalId("session", "away"), new JournalId("session", "ß/中")], await store.ListAsync("session", null, 10, Cancellation));
        Assert.Equal([new DueJournal(1_800_000_000, new JournalId("session", "away"))], await AllDueAsync(store));
        Assert.Equal([new JournalId("session", "ß/中")], await store.AttachedAsync("node", null, 10, Cancellation));
        var log = new RecordLog();
        var opening = await store.OpenAsync(new JournalId("session", "away"), WriterId.New(), log, Cancellation);
        Assert.Equal(["header=1", "own=v+own payload", "shared=v+" + new string('s', 3000)], log.Records);
        Assert.Equal(Writer, opening.PreviousWriter);
        Assert.True(opening.PreviousClosed);
        var other = new RecordLog();
        await store.OpenAsync(new JournalId("session", "ß/中"), WriterId.New(), other, Cancellation);
        Assert.Equal(["shared=w+" + new string('s', 3000)], other.Records);
    }

    private static async Task<List<DueJournal>> AllDueAsync(EmbeddedJournalStore store)
    {
        List<DueJournal> due = [];
        for (var bucket = 0; bucket < store.BucketCount; bucket++) due.AddRange(await store.DueAsync(bucket, long.MaxValue, null, 10, Cancellation));
        return due;
    }

    private static async Task WriteAsync(string path)
    {
        await using var store = new EmbeddedJournalStore(new EmbeddedStoreOptions { Path = path }, TimeProvider.System);
        var (away, here, gone) = (new JournalId("session", "away"), new JournalId("session", "ß/中"), new JournalId("session", "gone"));
        var shared = ImmutableArray.Create(Enumerable.Repeat((byte)'s', 3000).ToArray());
        var first = await store.OpenAsync(away, Writer, new RecordLog(), Cancellation);
        var second = await store.OpenAsync(here, Writer, new RecordLog(), Cancellation);
        var third = await store.OpenAsync(gone, Writer, new RecordLog(), Cancellation);
        await store.CommitAsync(
            [
                new RowBuilder(away, first.Epoch, Writer, first.Number + 1).Put("header", "1").Put("removed", "x").Put("own", "v", ImmutableArray.Create("own payload"u8)).Put("shared", "v", shared).Due(1_800_000_000).Build(),
                new RowBuilder(here, second.Epoch, Writer, second.Number + 1).Put("shared", "w", shared).Attached("node").Build(),
                new RowBuilder(gone, third.Epoch, Writer, third.Number + 1).Put("k", "v").Build(),
            ],
            Cancellation);
        await store.CommitAsync(
            [
                new RowBuilder(away, first.Epoch, Writer, first.Number + 2).Remove("removed").Ending(JournalEnding.Close).Build(),
                new RowBuilder(gone, third.Epoch, Writer, third.Number + 2).Ending(JournalEnding.Delete).Build(),
            ],
            Cancellation);
    }
}
