namespace OrleansBroker.Storage.Journals;

/// <summary>What a journal has, in short; as of some moment while its page was read.</summary>
public sealed record JournalDigest
{
    public required JournalId Journal { get; init; }

    /// <summary>The value of the header's record; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Header { get; init; }

    /// <summary>Its entry in the attached index.</summary>
    public string? AttachedOwner { get; init; }

    /// <summary>Records of <see cref="JournalDigestQuery.Counted"/>.</summary>
    public int Count { get; init; }

    /// <summary>Bytes of their payloads.</summary>
    public long PayloadBytes { get; init; }

    /// <summary>Values of the records of <see cref="JournalDigestQuery.Read"/>, in the order of their keys.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Values { get; init; } = [];

    /// <summary>There are more of either.</summary>
    public bool HasMore { get; init; }
}
