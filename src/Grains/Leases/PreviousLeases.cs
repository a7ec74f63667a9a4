using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Leases;

/// <summary>
/// Waits for the leases of writers that have not closed a journal. After a node's death thousands of journals are opened that all were its: one question is under way for
/// it, and one more waits for all who come meanwhile, as what is under way may have been answered before their journals were opened.
/// </summary>
internal sealed class PreviousLeases(ISiloLeases store, WriterId self, TimeSpan validity, TimeSpan limit, TimeProvider time)
{
    private readonly Dictionary<WriterId, Line> _lines = [];

    /// <summary>
    /// Done when nobody before the opening promises anything any more: in general at once, at the latest after two validities. It comes after the opening, which keeps
    /// the one before from renewing its lease unaware.
    /// </summary>
    /// <exception cref="TimeoutException">The store does not say.</exception>
    public async ValueTask OutlastAsync(JournalOpening opening, CancellationToken cancellation)
    {
        if (opening.PreviousClosed || opening.PreviousWriter is not { } previous) return;
        // Whoever opened it a moment ago may have failed before he had waited himself. Those before him have had no lease since then that they did not know to be void; one
        // validity more for the time in which his opening was on its way to the store's eyes.
        var wait = (2 * validity) - opening.PreviousAge;
        if (previous != self && await AskAsync(previous).WaitAsync(cancellation) is var remaining && remaining > wait) wait = remaining;
        if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellation);
    }

    private Task<TimeSpan> AskAsync(WriterId writer)
    {
        lock (_lines)
        {
            if (!_lines.TryGetValue(writer, out var line)) _lines.Add(writer, line = new Line());
            return line.Next ??= AskNextAsync(writer, line);
        }
    }

    private async Task<TimeSpan> AskNextAsync(WriterId writer, Line line)
    {
        await line.Current.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lines)
        {
            // From here on it is under way: who comes now asks again.
            line.Current = line.Next!;
            line.Next = null;
        }

        try
        {
            using var within = new CancellationTokenSource(limit, time);
            return await store.RemainingAsync(writer, within.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException("The store does not say whether the journal's owner before has a lease.", late);
        }
        finally
        {
            lock (_lines)
            {
                if (line.Next is null) _lines.Remove(writer);
            }
        }
    }

    private sealed class Line
    {
        public Task Current { get; set; } = Task.CompletedTask;

        public Task<TimeSpan>? Next { get; set; }
    }
}
