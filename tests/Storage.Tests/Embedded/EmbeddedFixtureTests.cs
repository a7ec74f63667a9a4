using OrleansBroker.Storage.Embedded;
using OrleansBroker.Storage.Tests.Journals;

namespace OrleansBroker.Storage.Tests.Embedded;

public sealed class EmbeddedFixtureTests
{
    /// <summary>What RocksDB itself writes beside the data: it names the machine.</summary>
    private static readonly string[] NotData = ["LOG", "LOCK", "IDENTITY", "OPTIONS"];

    [Theory]
    [InlineData(1)]
    public async Task Open_StoreOfThatFormat_HasAllThatWasStored(int format)
    {
        var fixture = StoreFixture.PathOf($"embedded-{format}");
        if (StoreFixture.MustBeWritten(fixture)) await WriteAsync(fixture);
        using var folder = new StoreFolder();
        foreach (var file in Directory.GetFiles(fixture)) File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        await using var store = folder.Open();
        await StoreFixture.AssertReadAsync(store);
    }

    private static async Task WriteAsync(string path)
    {
        await using (var store = new EmbeddedJournalStore(new EmbeddedStoreOptions { Path = path }, TimeProvider.System)) await StoreFixture.WriteAsync(store);
        foreach (var file in Directory.GetFiles(path).Where(static file => NotData.Any(Path.GetFileName(file).StartsWith))) File.Delete(file);
    }
}
