using OrleansBroker.Storage.Journals;
using OrleansBroker.Storage.Memory;
using OrleansBroker.Storage.Tests.Journals;

namespace OrleansBroker.Storage.Tests.Memory;

public sealed class MemoryJournalStoreTests : JournalStoreContract
{
    protected override ValueTask<IJournalStore> CreateAsync() => ValueTask.FromResult<IJournalStore>(new MemoryJournalStore());

    protected override ValueTask<IJournalStore> ReopenAsync(IJournalStore store) => ValueTask.FromResult(store);
}
