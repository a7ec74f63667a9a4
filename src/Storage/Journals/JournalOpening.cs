namespace OrleansBroker.Storage.Journals;

/// <summary>A journal as its new owner found it.</summary>
/// <param name="Epoch">The owner's epoch: greater than any before.</param>
/// <param name="Number">Number of the row that the opening wrote; the first append is the next.</param>
/// <param name="PreviousWriter">Who opened it before; null for a new or deleted journal.</param>
/// <param name="PreviousClosed">The one before closed it: nobody else can still be acknowledging. True for a new journal.</param>
/// <param name="DueUtcSecond">Its entry in the due index, seconds since 1970 UTC; 0 = none.</param>
/// <param name="AttachedOwner">Its entry in the attached index; null = none.</param>
public readonly record struct JournalOpening(
    JournalEpoch Epoch, ulong Number, WriterId? PreviousWriter, bool PreviousClosed, long DueUtcSecond, string? AttachedOwner)
{
    /// <summary>
    /// How long ago, at the least and by the store's clock, the one before opened it: if that was a moment ago, it may not have waited for the lease of the one before
    /// itself. Says nothing when that one closed it.
    /// </summary>
    public TimeSpan PreviousAge { get; init; }
}
