using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

public sealed class JournalIdTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("a\0b", false)]
    [InlineData("/", true)]
    [InlineData("\U0001F600", true)]
    public void IsLegalKey_Text_AsStated(string key, bool legal)
    {
        Assert.Equal(legal, JournalId.IsLegalKey(key));
        if (legal)
            Assert.Equal(key, new JournalId("session", key).Key);
        else
            Assert.Throws<ArgumentException>(() => new JournalId("session", key));
    }

    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    public void IsLegalKey_HalfOfASurrogatePair_IsNot(int unit)
    {
        // Built here, because attributes are stored as UTF-8.
        Assert.False(JournalId.IsLegalKey(((char)unit).ToString()));
        Assert.False(JournalId.IsLegalKey("a" + (char)unit + "b"));
    }

    [Theory]
    [InlineData('a', 2048, true)]
    [InlineData('a', 2049, false)]
    [InlineData('中', 682, true)]
    [InlineData('中', 683, false)]
    public void IsLegalKey_Length_CountsUtf8Bytes(char unit, int count, bool legal) =>
        Assert.Equal(legal, JournalId.IsLegalKey(new string(unit, count)));

    [Theory]
    [InlineData("")]
    [InlineData("Session")]
    [InlineData("a/b")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefg")]
    public void Constructor_IllegalKind_Throws(string kind) => Assert.Throws<ArgumentException>(() => new JournalId(kind, "a"));

    [Fact]
    public void CompareTo_RandomKeys_AgreesWithUtf8Bytes()
    {
        var random = new Random(7);
        int[] points = ['a', 'b', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF];
        string Next() => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => char.ConvertFromUtf32(points[random.Next(points.Length)])));
        for (var i = 0; i < 20_000; i++)
        {
            var (x, y) = (Next(), Next());
            var expected = System.Text.Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y));
            Assert.Equal(Math.Sign(expected), Math.Sign(new JournalId("k", x).CompareTo(new JournalId("k", y))));
        }
    }

    [Fact]
    public void BucketOf_KnownJournals_NeverChanges()
    {
        // Stored in indexes: CRC-32C of "session/a" and "shard/17", modulo 64.
        Assert.Equal(57, new JournalId("session", "a").BucketOf(64));
        Assert.Equal(44, new JournalId("shard", "17").BucketOf(64));
    }
}
