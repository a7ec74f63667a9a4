namespace OrleansBroker.Storage.Journals;

/// <summary>
/// Leases of writers, for what a silo promises without writing (invariant B1): it promises only while its lease runs, and whoever opens a journal that was not closed
/// waits until the lease of the writer before has run out. All times are the store's, by one clock of it; a node counts its own lease from before it asked
/// for it. A store that cannot be reached throws what its driver throws.
/// </summary>
public interface ISiloLeases
{
    /// <summary>The kind of journals that <see cref="RenewAsync"/> tells of: those of shards, of which there are few.</summary>
    const string WatchedKind = "shard";

    /// <summary>
    /// Writes the writer's lease anew, to run for <paramref name="validity"/> from now on, and only when everybody can see that, looks which journals of
    /// <see cref="WatchedKind"/> are the writer's. In this order: whoever opened one of them too late to be seen here finds the lease. A renewal that throws may have been
    /// written. Writers whose lease ended long ago are forgotten, some time.
    /// </summary>
    /// <returns>Every one of them, closed ones included, in no order.</returns>
    ValueTask<IReadOnlyList<OwnedJournal>> RenewAsync(WriterId writer, TimeSpan validity, CancellationToken cancellation);

    /// <summary>How long the writer's lease runs at the most, unless it is renewed; zero if it has ended or there never was one. Never more than the validity it was written with.</summary>
    ValueTask<TimeSpan> RemainingAsync(WriterId writer, CancellationToken cancellation);

    /// <summary>The writer promises nothing any more: nobody need wait for it. Repeating it is harmless.</summary>
    ValueTask EndAsync(WriterId writer, CancellationToken cancellation);
}
