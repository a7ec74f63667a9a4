using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Embedded;

/// <summary>Where the embedded store is and who is told what it finds.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>A directory for this process alone; created when it does not exist.</summary>
    public required string Path { get; init; }

    public StoreLayout Layout { get; init; } = new();

    /// <summary>Told of what a recovery had to leave out of a log that ends in the middle of a write.</summary>
    public Action<string>? Recovered { get; init; }
}
