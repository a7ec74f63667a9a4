using System.Text;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>
/// What every store must do. A store's tests inherit this class (its other files hold the tests, by subject) and say how a store is made;
/// each test has a fresh one. A store that outlives its process also says how it is opened again.
/// </summary>
public abstract partial class JournalStoreContract : IAsyncLifetime
{
    protected const string Kind = "session";

    private static readonly IJournalReplay Nobody = new RecordLog(0);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected WriterId Writer { get; } = WriterId.New();

    protected IJournalStore Store { get; private set; } = null!;

    /// <summary>A store with no data.</summary>
    protected abstract ValueTask<IJournalStore> CreateAsync();

    /// <summary>The same data after the store was closed; a store that cannot outlive its object returns it as it is.</summary>
    protected abstract ValueTask<IJournalStore> ReopenAsync(IJournalStore store);

    public virtual async ValueTask InitializeAsync() => Store = await CreateAsync();

    public virtual async ValueTask DisposeAsync() => await Store.DisposeAsync();

    protected async Task ReopenStoreAsync() => Store = await ReopenAsync(Store);

    protected static JournalId Session(string key) => new(Kind, key);

    protected ValueTask<JournalOpening> OpenAsync(JournalId journal, WriterId? writer = null) =>
        Store.OpenAsync(journal, writer ?? Writer, Nobody, Cancellation);

    /// <summary>A row for the opening's owner; the first is number 1.</summary>
    protected RowBuilder Row(JournalId journal, JournalOpening opening, int row = 1, WriterId? writer = null) =>
        new(journal, opening.Epoch, writer ?? Writer, opening.Number + (ulong)row);

    protected async Task<JournalOutcome> CommitAsync(RowBuilder row)
    {
        var built = row.Build();
        await Store.CommitAsync([built], Cancellation);
        return built.Outcome;
    }

    protected async Task CommitAllAsync(params RowBuilder[] rows)
    {
        foreach (var row in rows)
            Assert.Equal(JournalOutcome.Committed, await CommitAsync(row));
    }

    /// <summary>Opens the journal once more (which fences its owner) and returns its live records.</summary>
    protected async Task<List<string>> ReplayAsync(JournalId journal, long maxPayloadBytes = long.MaxValue)
    {
        var log = new RecordLog(maxPayloadBytes);
        await Store.OpenAsync(journal, WriterId.New(), log, Cancellation);
        return log.Records;
    }

    protected async Task<List<string>> ReadAsync(JournalId journal, params string[] keys)
    {
        var log = new RecordLog();
        var bytes = keys.Select(key => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(key)).ToArray();
        await Store.ReadAsync(journal, bytes, log, Cancellation);
        return log.Records;
    }
}
