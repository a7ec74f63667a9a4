using OrleansBroker.Storage.Embedded;

namespace OrleansBroker.Storage.Tests.Embedded;

/// <summary>A directory of an embedded store, removed with the test.</summary>
internal sealed class StoreFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleans-broker-store-").FullName;

    public List<string> Recovered { get; } = [];

    public EmbeddedJournalStore Open(TimeProvider? time = null) => new(new EmbeddedStoreOptions { Path = Path, Recovered = Recovered.Add }, time ?? TimeProvider.System);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
