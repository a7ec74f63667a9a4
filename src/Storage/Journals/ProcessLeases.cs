namespace OrleansBroker.Storage.Journals;

/// <summary>Leases of writers in this process, by its clock: for stores that are this process's alone. Holds those that run, no others.</summary>
/// <param name="owned">The journals of <see cref="ISiloLeases.WatchedKind"/> whose owner a writer is.</param>
internal sealed class ProcessLeases(TimeProvider time, Func<WriterId, CancellationToken, ValueTask<IReadOnlyList<OwnedJournal>>> owned) : ISiloLeases
{
    private readonly Lock _gate = new();
    private readonly Dictionary<WriterId, (long Since, TimeSpan Validity)> _leases = [];

    public ValueTask<IReadOnlyList<OwnedJournal>> RenewAsync(WriterId writer, TimeSpan validity, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            foreach (var (other, lease) in _leases)
            {
                if (Remaining(lease) == TimeSpan.Zero) _leases.Remove(other);
            }

            _leases[writer] = (time.GetTimestamp(), validity);
        }

        return owned(writer, cancellation);
    }

    public ValueTask<TimeSpan> RemainingAsync(WriterId writer, CancellationToken cancellation)
    {
        lock (_gate) return ValueTask.FromResult(_leases.TryGetValue(writer, out var lease) ? Remaining(lease) : TimeSpan.Zero);
    }

    public ValueTask EndAsync(WriterId writer, CancellationToken cancellation)
    {
        lock (_gate) _leases.Remove(writer);
        return ValueTask.CompletedTask;
    }

    private TimeSpan Remaining((long Since, TimeSpan Validity) lease)
    {
        var remaining = lease.Validity - time.GetElapsedTime(lease.Since);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }
}
