using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public abstract partial class JournalStoreContract
{
    private static readonly JournalDigestQuery Digests = new() { Kind = Kind, Limit = 100, HeaderKey = "h"u8.ToArray(), Counted = (byte)'m', Read = (byte)'s' };

    [Fact]
    public async Task Digest_SeveralJournals_HaveTheirHeadersCountsAndValues()
    {
        var shared = ImmutableArray.Create(Encoding.ASCII.GetBytes(new string('s', 600)));
        var (a, b, c) = (await OpenAsync(Session("a")), await OpenAsync(Session("b")), await OpenAsync(Session("c")));
        await Store.CommitAsync(
            [
                Row(Session("a"), a).Put("h", "old").Put("m2", "x", shared).Put("m1", "y", ImmutableArray.Create("four"u8)).Put("s2", "second").Put("s1", "first").Put("t", "other").Attached("node").Build(),
                Row(Session("b"), b).Put("m1", "x", shared).Put("l", "before").Put("n", "behind").Build(),
                Row(Session("c"), c).Put("h", "gone").Build(),
            ],
            Cancellation);
        await CommitAllAsync(Row(Session("a"), a, 2).Put("h", "new").Put("m3", "z").Put("m4", "z").Remove("m4").Put("s3", "third").Remove("s2"), Row(Session("c"), c, 2).Ending(JournalEnding.Delete));

        var page = await Store.DigestAsync(Digests, Cancellation);

        Assert.True(page.IsEnd);
        Assert.Equal(["a h=new m=3/604 s=first,third @node", "b h=- m=1/600 s= @"], page.Journals.Select(Text));
    }

    [Fact]
    public async Task Digest_RecordsThatAreFolded_CountAsBefore()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening, 1).Put("h", "1").Put("m1", "x", ImmutableArray.Create("12345"u8)).Put("m2", "x").Put("s1", "v"));
        while (await Store.CompactAsync(Session("a"), opening.Epoch, Writer, 2, Cancellation) == JournalCompaction.More) Assert.False(Cancellation.IsCancellationRequested);
        await CommitAllAsync(Row(Session("a"), opening, 2).Remove("m2").Put("m3", "x").Put("s1", "w").Put("s0", "u"));

        Assert.Equal(["a h=1 m=2/5 s=u,w @"], (await Store.DigestAsync(Digests, Cancellation)).Journals.Select(Text));
    }

    [Fact]
    public async Task Digest_NothingAskedOfRecords_HasHeadersAlone()
    {
        var opening = await OpenAsync(Session("a"));
        await CommitAllAsync(Row(Session("a"), opening).Put("h", "1").Put("m1", "x").Put("s1", "v"));

        var page = await Store.DigestAsync(Digests with { Counted = null, Read = null }, Cancellation);

        Assert.Equal(["a h=1 m=0/0 s= @"], page.Journals.Select(Text));
    }

    [Fact]
    public async Task Digest_AwkwardKeys_ByPagesAndPrefixesInOrder()
    {
        foreach (var key in AwkwardKeys.Reverse()) await CommitAllAsync(Row(Session(key), await OpenAsync(Session(key))).Put("h", "v"));
        await OpenAsync(new JournalId("sessio", "before"));
        await OpenAsync(new JournalId("sessionx", "behind"));
        var all = AwkwardKeys.Order(Comparer<string>.Create(static (x, y) => new JournalId(Kind, x).CompareTo(new JournalId(Kind, y)))).ToList();

        foreach (var prefix in new[] { "", "a", "a/", "/", "%", "\uFFFF", new string('x', 1000), new string('y', 2048), "nothing" })
        {
            var expected = all.Where(key => key.StartsWith(prefix, StringComparison.Ordinal));
            foreach (var pageSize in new[] { 1, 3, 1000 }) Assert.Equal(expected, await WalkAsync(Digests with { Prefix = prefix, Limit = pageSize, Read = null, Counted = pageSize == 3 ? null : (byte)'m' }));
        }
    }

    [Fact]
    public async Task Digest_CursorThatIsGoneOrOutsideThePrefix_GoesOnBehindIt()
    {
        foreach (var key in new[] { "a", "b1", "b3", "c" }) await OpenAsync(Session(key));

        Assert.Equal(["b3"], await WalkAsync(Digests with { Prefix = "b", After = "b2" }));
        Assert.Equal(["b1", "b3"], await WalkAsync(Digests with { Prefix = "b", After = "a" }));
        Assert.Empty(await WalkAsync(Digests with { Prefix = "b", After = "c" }));
    }

    [Fact]
    public async Task Digest_MoreRecordsThanAllowed_EndsThePageAndLimitsAJournal()
    {
        foreach (var key in new[] { "a", "b", "c", "d" })
        {
            var row = Row(Session(key), await OpenAsync(Session(key)));
            for (var i = 0; i < (key == "b" ? 7 : 2); i++) row.Put($"m{i}", "v").Put($"s{i}", $"{i}");
            await CommitAllAsync(row);
        }

        var query = Digests with { MaxRecordsOfJournal = 3, MaxRecords = 5 };
        var first = await Store.DigestAsync(query, Cancellation);
        Assert.Equal(["a h=- m=2/0 s=0,1 @", "b h=- m=3/0 s=0,1,2 @ more"], first.Journals.Select(Text));
        Assert.False(first.IsEnd);
        // The record that ends the page may be the last one's.
        var second = await Store.DigestAsync(query with { After = "b" }, Cancellation);
        Assert.Equal(["c", "d"], second.Journals.Select(static digest => digest.Journal.Key));
        Assert.True((await Store.DigestAsync(query with { After = "d" }, Cancellation)).IsEnd);
    }

    [Fact]
    public async Task Scan_PartOfTheRecords_ComesInOrderOfKeys()
    {
        var opening = await OpenAsync(Session("a"));
        var payload = ImmutableCollectionsMarshal.AsImmutableArray(new byte[4]);
        var row = Row(Session("a"), opening, 1).Put("l", "before").Put("m", "bare");
        for (var i = 9; i >= 0; i--) row.Put($"m{i}", $"{i}", payload);
        await CommitAllAsync(row);
        while (await Store.CompactAsync(Session("a"), opening.Epoch, Writer, 100, Cancellation) == JournalCompaction.More) Assert.False(Cancellation.IsCancellationRequested);
        await CommitAllAsync(Row(Session("a"), opening, 2).Remove("m3").Put("m4", "new").Put("m45", "more").Put("n", "behind"));

        Assert.Equal(["m", "m0", "m1", "m2"], await KeysAsync("m", "", 4));
        Assert.Equal(["m4", "m45", "m5"], await KeysAsync("m", "m3", 3));
        Assert.Equal(["m45", "m5"], await KeysAsync("m", "m41", 2));
        Assert.Equal(["m9"], await KeysAsync("m", "m8", 10));
        Assert.Empty(await KeysAsync("o", "", 10));
        Assert.Equal(["m1=1+\0\0\0\0", "m2=2+?", "m4=new"], await ScanAsync(Session("a"), "m", "m0", 3, maxPayloadBytes: 7));
        Assert.Empty(await ScanAsync(Session("nobody"), "m", "", 10));

        async Task<IEnumerable<string>> KeysAsync(string prefix, string after, int limit) => (await ScanAsync(Session("a"), prefix, after, limit)).Select(static text => text[..text.IndexOf('=', StringComparison.Ordinal)]);
    }

    private async Task<List<string>> ScanAsync(JournalId journal, string prefix, string after, int limit, long maxPayloadBytes = long.MaxValue)
    {
        var log = new RecordLog(maxPayloadBytes);
        await Store.ScanAsync(journal, new JournalScan { Prefix = Encoding.ASCII.GetBytes(prefix), After = Encoding.ASCII.GetBytes(after), Limit = limit }, log, Cancellation);
        return log.Records;
    }

    private async Task<List<string>> WalkAsync(JournalDigestQuery query)
    {
        var walked = new List<string>();
        while (true)
        {
            var page = await Store.DigestAsync(query, Cancellation);
            Assert.True(page.Journals.Count <= query.Limit);
            walked.AddRange(page.Journals.Select(static digest => digest.Journal.Key));
            if (page.IsEnd) return walked;
            query = query with { After = page.Journals[^1].Journal.Key };
        }
    }

    private static string Text(JournalDigest digest)
    {
        var header = digest.Header is { } value ? Encoding.UTF8.GetString(value.Span) : "-";
        var values = string.Join(',', digest.Values.Select(static text => Encoding.UTF8.GetString(text.Span)));
        return string.Create(CultureInfo.InvariantCulture, $"{digest.Journal.Key} h={header} m={digest.Count}/{digest.PayloadBytes} s={values} @{digest.AttachedOwner}{(digest.HasMore ? " more" : "")}");
    }
}
