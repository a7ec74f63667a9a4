using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Tests.Journals;

namespace OrleansBroker.Storage.Tests.Embedded;

public sealed class EmbeddedJournalStoreTests : JournalStoreContract
{
    private readonly StoreFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override ValueTask<IJournalStore> CreateAsync() => ValueTask.FromResult<IJournalStore>(_folder.Open());

    protected override async ValueTask<IJournalStore> ReopenAsync(IJournalStore store)
    {
        await store.DisposeAsync();
        return _folder.Open();
    }
}
