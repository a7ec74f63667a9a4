namespace OrleansBroker.Storage.Journals;

/// <summary>Which journals are looked at, and what of each.</summary>
public sealed record JournalDigestQuery
{
    /// <summary>As in <see cref="JournalId"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The key that the journals' keys are behind; it need not exist.</summary>
    public string? After { get; init; }

    /// <summary>What the journals' keys begin with; well-formed.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Journals, 1 or more.</summary>
    public required int Limit { get; init; }

    /// <summary>Key of the one record whose value is wanted of each journal.</summary>
    public required ReadOnlyMemory<byte> HeaderKey { get; init; }

    /// <summary>The records whose keys begin with this byte are counted.</summary>
    public byte? Counted { get; init; }

    /// <summary>The values of the records whose keys begin with this byte are read.</summary>
    public byte? Read { get; init; }

    /// <summary>No more records of one journal are counted, and no more are read; 1 or more.</summary>
    public int MaxRecordsOfJournal { get; init; } = int.MaxValue;

    /// <summary>The page ends with the journal with which so many records have been counted and read.</summary>
    public int MaxRecords { get; init; } = int.MaxValue;

    /// <summary>The journal behind which the page begins; null when it begins with the first.</summary>
    internal JournalId? AfterJournal => After is null ? null : new JournalId(Kind, After);

    internal bool LooksAtRecords => Counted is not null || Read is not null;

    internal bool Includes(JournalId journal) => journal.Key.StartsWith(Prefix, StringComparison.Ordinal);
}
