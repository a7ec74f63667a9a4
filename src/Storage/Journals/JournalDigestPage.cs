namespace OrleansBroker.Storage.Journals;

/// <summary>Journals in their order.</summary>
/// <param name="IsEnd">No journal follows. Otherwise there is one at least in the page, and what follows begins behind the last.</param>
public sealed record JournalDigestPage(IReadOnlyList<JournalDigest> Journals, bool IsEnd);
