using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.Memory;

/// <summary>By owner, ordinally, then by journal.</summary>
internal sealed class AttachedOrder : IComparer<(string Owner, JournalId Journal)>
{
    public int Compare((string Owner, JournalId Journal) x, (string Owner, JournalId Journal) y)
    {
        var byOwner = string.CompareOrdinal(x.Owner, y.Owner);
        return byOwner != 0 ? byOwner : x.Journal.CompareTo(y.Journal);
    }
}
