using System.Text;
using OrleansBroker.Storage.AzureTables;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.AzureTables;

public sealed class AzureKeysTests
{
    [Theory]
    [InlineData("a", "session!61")]
    [InlineData("a/b#?\\", "session!612f62233f5c")]
    [InlineData("中", "session!e4b8ad")]
    public void Journal_ShortKey_IsItsBytes(string key, string expected) => Assert.Equal(expected, AzureKeys.Journal(new JournalId("session", key)));

    [Fact]
    public void Journal_LongKey_IsItsBeginningAndAHash() =>
        Assert.Equal(
            "session!" + string.Concat(Enumerable.Repeat("78", 96)) + "~19a8f07eeb7f3d0c0b7377e37d72eccde144cefeb44beac9c3227131a526688d",
            AzureKeys.Journal(new JournalId("session", new string('x', 97))));

    [Fact]
    public void Names_OfEveryKind_AreWhatIsStored()
    {
        Assert.Equal("0040", AzureKeys.Partition(64));
        Assert.Equal("h!session!61", AzureKeys.Header("session!61"));
        Assert.Equal("l!session!61!000000000000000b", AzureKeys.Row("session!61", 11));
        Assert.Equal("r!session!61!00000002!00ff", AzureKeys.Record("session!61", 2, [0, 255]));
        Assert.Equal("d!000000000000000a!session!61", AzureKeys.Due(10, "session!61"));
        Assert.Equal("a!006e0031!session!61", AzureKeys.Attached("n1", "session!61"));
        Assert.Equal("p!000102030405060708090a0b0c0d0e0f", AzureKeys.Payload(new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f")));
        Assert.Equal("b!000102030405060708090a0b0c0d0e0f!00000003", AzureKeys.Chunk(new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f"), 3));
        Assert.Equal("g!session!61!00000002", AzureKeys.GarbageOf("session!61", 2));
        var id = new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f");
        Assert.Equal(
            ("e!000102030405060708090a0b0c0d0e0f", "o!shard!3030303035", "t!000102030405060708090a0b0c0d0e0f"),
            (AzureKeys.Lease(new WriterId(id)), AzureKeys.WatchedOwner(new JournalId("shard", "00005")), AzureKeys.Clock(id)));
    }

    [Fact]
    public void Names_TheLongest_AreWithinTheServicesLimitAndAlphabet()
    {
        var journal = AzureKeys.Journal(new JournalId(new string('z', 32), new string('中', 341)));
        string[] names =
        [
            AzureKeys.Row(journal, ulong.MaxValue), AzureKeys.Record(journal, int.MaxValue, new byte[1024]), AzureKeys.Record(journal, int.MaxValue, new byte[64]),
            AzureKeys.Due(long.MaxValue, journal), AzureKeys.Attached(new string('n', AzureKeys.MaxOwnerLength), journal), AzureKeys.GarbageOf(journal, int.MaxValue),
        ];
        Assert.All(names, static name => Assert.InRange(name.Length, 1, 512));
        Assert.All(names, static name => Assert.All(name, static letter => Assert.True(char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '!' or '~')));
    }

    [Fact]
    public void Journal_KeysThatDifferAtTheirEnd_HaveDifferentNames()
    {
        var names = Enumerable.Range(0, 1000).Select(static i => AzureKeys.Journal(new JournalId("session", new string('x', 200) + i))).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(1000, names.Count);
    }

    [Fact]
    public void Names_ShortKeys_AreInTheOrderOfTheirJournals()
    {
        string[] keys = ["\u0001", " ", "a", "a ", "a/b", "ab", "b", "é", "中", "\U0001F600", new('x', 95), new('x', 96), new string('x', 96) + "y", new('y', 3)];
        var byJournal = keys.Order(Comparer<string>.Create(static (x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y))));
        Assert.Equal(byJournal, keys.OrderBy(static key => AzureKeys.Journal(new JournalId("session", key)), StringComparer.Ordinal));
    }
}
