namespace OrleansBroker.Storage.Journals;

/// <summary>A part of a journal's records, in the order of the bytes of their keys, which are 64 bytes long at most.</summary>
public sealed record JournalScan
{
    /// <summary>What the keys begin with; at least a byte.</summary>
    public required ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>The key that the others are behind, which need not exist; empty: from the first on.</summary>
    public ReadOnlyMemory<byte> After { get; init; }

    /// <summary>Records, 1 or more.</summary>
    public required int Limit { get; init; }

    internal bool Includes(ReadOnlySpan<byte> key) => key.StartsWith(Prefix.Span) && (After.IsEmpty || key.SequenceCompareTo(After.Span) > 0);
}
