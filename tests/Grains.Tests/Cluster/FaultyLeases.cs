using System.Collections.Concurrent;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Cluster;

/// <summary>Leases that single writers cannot renew for a while.</summary>
internal sealed class FaultyLeases(ISiloLeases inner) : ISiloLeases
{
    private readonly ConcurrentDictionary<WriterId, TaskCompletionSource> _held = new();

    /// <summary>Called before a writer's lease is ended.</summary>
    public Func<WriterId, Task>? Ending { get; set; }

    public void HoldRenewals(WriterId writer) => _held[writer] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseRenewals(WriterId writer)
    {
        if (_held.TryRemove(writer, out var held)) held.SetResult();
    }

    public async ValueTask<IReadOnlyList<OwnedJournal>> RenewAsync(WriterId writer, TimeSpan validity, CancellationToken cancellation)
    {
        if (_held.TryGetValue(writer, out var held)) await held.Task.WaitAsync(cancellation);
        return await inner.RenewAsync(writer, validity, cancellation);
    }

    public ValueTask<TimeSpan> RemainingAsync(WriterId writer, CancellationToken cancellation) => inner.RemainingAsync(writer, cancellation);

    public async ValueTask EndAsync(WriterId writer, CancellationToken cancellation)
    {
        if (Ending is { } ending) await ending(writer);
        await inner.EndAsync(writer, cancellation);
    }
}
