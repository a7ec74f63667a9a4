using System.Collections.Immutable;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public abstract partial class JournalStoreContract
{
    /// <summary>Keys that trip a store which joins, escapes or compares text: separators, patterns, quotes, digits, 2 to 4 bytes, 1 and 2 KiB.</summary>
    private static readonly string[] AwkwardKeys =
    [
        " ", "!", "#", "$SYS", "%", "%25", "%_", "'", "\"", "/", "//", "/a", "1", "10", "2", ":", "A", "B", "\\", "_", "a", "a ", "a/", "a/b", "a/b/", "ab",
        "\u0001", "\u007F", "ß", "é", "e\u0301", "Ω", "中", "\uD7FF", "\uE000", "\uFFFD", "\uFFFF", "\U0001F600", "\U0010FFFF", "a\uFFFF", "a\U00010000",
        new string('x', 1023), new string('x', 1024), new string('x', 1023) + "y", new string('中', 341), new string('y', 2048),
    ];

    [Fact]
    public async Task List_AwkwardKeys_InOrderOfTheirUtf8Bytes()
    {
        foreach (var key in AwkwardKeys.Reverse())
            await OpenAsync(Session(key));
        await OpenAsync(new JournalId("sessio", "before"));
        await OpenAsync(new JournalId("sessionx", "behind"));

        var expected = AwkwardKeys.Order(Comparer<string>.Create((x, y) => Utf8(x).AsSpan().SequenceCompareTo(Utf8(y))));
        foreach (var pageSize in new[] { 1, 2, 7, 1000 })
        {
            var listed = new List<string>();
            JournalId? after = null;
            for (IReadOnlyList<JournalId> page; (page = await Store.ListAsync(Kind, after, pageSize, Cancellation)).Count > 0; after = page[^1])
            {
                Assert.True(page.Count <= pageSize);
                listed.AddRange(page.Select(journal => journal.Key));
            }

            Assert.Equal(expected, listed);
        }

        static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
    }

    [Fact]
    public async Task Commit_AwkwardKeys_EachJournalHasItsOwnRecords()
    {
        foreach (var key in AwkwardKeys)
            await CommitAllAsync(Row(Session(key), await OpenAsync(Session(key))).Put("k", key));

        foreach (var key in AwkwardKeys)
            Assert.Equal(["k=" + key], await ReplayAsync(Session(key)));
    }

    [Fact]
    public async Task List_CursorNotThereAnyMore_GoesOnBehindIt()
    {
        await OpenAsync(Session("a"));
        await OpenAsync(Session("c"));

        Assert.Equal([Session("c")], await Store.ListAsync(Kind, Session("b"), 10, Cancellation));
    }

    [Fact]
    public async Task Due_EntriesOfABucket_ByTimeThenJournal()
    {
        var seconds = new Dictionary<string, long> { ["a"] = 30, ["b"] = 10, ["c"] = 20, ["d"] = 10, ["e"] = 40, ["/%"] = 10 };
        foreach (var (key, second) in seconds)
            await CommitAllAsync(Row(Session(key), await OpenAsync(Session(key))).Due(second));

        var due = await AllDueAsync(40);

        Assert.Equal(seconds.Where(entry => entry.Value < 40).Select(entry => new DueJournal(entry.Value, Session(entry.Key))).ToHashSet(), due.ToHashSet());
        foreach (var bucket in due.GroupBy(entry => entry.Journal.BucketOf(Store.BucketCount)))
            Assert.Equal(bucket.OrderBy(entry => entry.UtcSecond).ThenBy(entry => entry.Journal), bucket);
    }

    [Fact]
    public async Task Due_ManyInOneBucket_PagesByCursor()
    {
        var keys = Enumerable.Range(0, 100_000).Select(i => "s" + i).Where(key => Session(key).BucketOf(Store.BucketCount) == 0).Take(25).ToArray();
        for (var i = 0; i < keys.Length; i++)
            await CommitAllAsync(Row(Session(keys[i]), await OpenAsync(Session(keys[i]))).Due(10 + (i % 4)));

        var paged = new List<DueJournal>();
        DueJournal? after = null;
        for (IReadOnlyList<DueJournal> page; (page = await Store.DueAsync(0, 13, after, 3, Cancellation)).Count > 0; after = page[^1])
            paged.AddRange(page);

        var expected = keys.Select((key, i) => new DueJournal(10 + (i % 4), Session(key))).Where(entry => entry.UtcSecond < 13);
        Assert.Equal(expected.OrderBy(entry => entry.UtcSecond).ThenBy(entry => entry.Journal), paged);
    }

    [Fact]
    public async Task Due_ChangedAndCleared_OnlyTheLastCounts()
    {
        var a = await OpenAsync(Session("a"));
        var b = await OpenAsync(Session("b"));
        await CommitAllAsync(
            Row(Session("a"), a, 1).Due(10),
            Row(Session("a"), a, 2).Due(50),
            Row(Session("b"), b, 1).Due(10),
            Row(Session("b"), b, 2).Due(0),
            Row(Session("a"), a, 3).Put("k", "v"));

        Assert.Empty(await AllDueAsync(50));
        Assert.Equal([new DueJournal(50, Session("a"))], await AllDueAsync(51));
        Assert.Equal(50, (await OpenAsync(Session("a"))).DueUtcSecond);
        Assert.Equal([new DueJournal(50, Session("a"))], await AllDueAsync(51));
    }

    [Fact]
    public async Task Attached_JournalsOfAnOwner_InOrderByPages()
    {
        foreach (var key in AwkwardKeys)
            await CommitAllAsync(Row(Session(key), await OpenAsync(Session(key))).Attached("node@1"));
        await CommitAllAsync(Row(Session("z"), await OpenAsync(Session("z"))).Attached("node@12"));

        var paged = new List<JournalId>();
        JournalId? after = null;
        for (IReadOnlyList<JournalId> page; (page = await Store.AttachedAsync("node@1", after, 7, Cancellation)).Count > 0; after = page[^1])
            paged.AddRange(page);

        Assert.Equal(AwkwardKeys.Select(Session).Order(), paged);
        Assert.Equal([Session("z")], await Store.AttachedAsync("node@12", null, 10, Cancellation));
        Assert.Empty(await Store.AttachedAsync("node@", null, 10, Cancellation));
    }

    [Fact]
    public async Task Attached_MovedAndCleared_OnlyTheLastCounts()
    {
        var a = await OpenAsync(Session("a"));
        var b = await OpenAsync(Session("b"));
        await CommitAllAsync(
            Row(Session("a"), a, 1).Attached("one"),
            Row(Session("b"), b, 1).Attached("one"),
            Row(Session("a"), a, 2).Attached("two"),
            Row(Session("b"), b, 2).Attached(null),
            Row(Session("a"), a, 3).Put("k", "v"));

        Assert.Empty(await Store.AttachedAsync("one", null, 10, Cancellation));
        Assert.Equal([Session("a")], await Store.AttachedAsync("two", null, 10, Cancellation));
        Assert.Equal(["two"], await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
        Assert.Equal("two", (await OpenAsync(Session("a"))).AttachedOwner);
    }

    [Fact]
    public async Task AttachedOwners_Several_EachOnceByPages()
    {
        string[] owners = ["a", "a@1", "a@10", "a@2", "b/c", "b_c", "ä"];
        foreach (var owner in owners)
        {
            foreach (var i in Enumerable.Range(0, 3))
                await CommitAllAsync(Row(Session(owner + i), await OpenAsync(Session(owner + i))).Attached(owner));
        }

        var paged = new List<string>();
        for (IReadOnlyList<string> page; (page = await Store.AttachedOwnersAsync(null, paged.LastOrDefault(), 2, Cancellation)).Count > 0;)
            paged.AddRange(page);

        Assert.Equal(owners.Order(StringComparer.Ordinal), paged);
    }

    [Fact]
    public async Task Delete_ThenReopen_IsEmptyInEveryView()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(
            Row(Session("a"), opening, 1).Put("k", "v", ImmutableArray.Create("p"u8)).Due(10).Attached("node"),
            Row(Session("a"), opening, 2).Put("late", "v").Due(20).Ending(JournalEnding.Delete));

        Assert.Empty(await Store.ListAsync(Kind, null, 10, Cancellation));
        Assert.Empty(await AllDueAsync(100));
        Assert.Empty(await Store.AttachedOwnersAsync(null, null, 10, Cancellation));
        Assert.Empty(await ReadAsync(Session("a"), "k", "late"));

        var log = new RecordLog();
        var reopened = await Store.OpenAsync(Session("a"), Writer, log, Cancellation);
        Assert.Empty(log.Records);
        Assert.True(reopened.Epoch.Value > opening.Epoch.Value);
        Assert.Null(reopened.PreviousWriter);
        Assert.True(reopened.PreviousClosed);
        Assert.Equal(0, reopened.DueUtcSecond);
        Assert.Null(reopened.AttachedOwner);
        Assert.Equal([Session("a")], await Store.ListAsync(Kind, null, 10, Cancellation));
        await CommitAllAsync(Row(Session("a"), reopened).Put("k", "new"));
        Assert.Equal(["k=new"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Delete_Repeated_IsCommitted()
    {
        var opening = await OpenAsync(Session("a"));
        var row = Row(Session("a"), opening).Ending(JournalEnding.Delete).Build();
        await Store.CommitAsync([row], Cancellation);
        row.Outcome = JournalOutcome.Unknown;
        await Store.CommitAsync([row], Cancellation);

        Assert.Equal(JournalOutcome.Committed, row.Outcome);
    }

    [Fact]
    public async Task Delete_ThenStaleAppend_IsFenced()
    {
        var stale = await OpenAsync(Session("a"));
        await OpenAsync(Session("a"), WriterId.New());
        var writer = WriterId.New();
        var owner = await OpenAsync(Session("a"), writer);
        await CommitAllAsync(Row(Session("a"), owner, 1, writer).Ending(JournalEnding.Delete));

        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), stale).Put("k", "stale")));
        await OpenAsync(Session("a"), writer);
        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), stale).Put("k", "stale")));
        Assert.Empty(await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Delete_ByAStaleOwner_IsFencedAndDeletesNothing()
    {
        var stale = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), stale).Put("k", "v"));
        await OpenAsync(Session("a"), WriterId.New());

        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), stale, 2).Ending(JournalEnding.Delete)));
        Assert.Equal(["k=v"], await ReplayAsync(Session("a")));
    }

    [Fact]
    public async Task Delete_ThenStoreReopened_StaysDeletedAndFenced()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Put("k", "v").Ending(JournalEnding.Delete));
        await ReopenStoreAsync();

        Assert.Empty(await Store.ListAsync(Kind, null, 10, Cancellation));
        var reopened = await OpenAsync(Session("a"), WriterId.New());
        Assert.True(reopened.Epoch.Value > opening.Epoch.Value);
        Assert.Equal(JournalOutcome.Fenced, await CommitAsync(Row(Session("a"), opening, 2).Put("k", "stale")));
    }

    private async Task<List<DueJournal>> AllDueAsync(long beforeUtcSecond)
    {
        var due = new List<DueJournal>();
        for (var bucket = 0; bucket < Store.BucketCount; bucket++)
            due.AddRange(await Store.DueAsync(bucket, beforeUtcSecond, null, 1000, Cancellation));
        return due;
    }
}
