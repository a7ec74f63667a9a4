using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Storage.AzureTables;

/// <summary>A journal that this process has opened: what its last writer knows of it. Guarded by the gate of its partition.</summary>
internal sealed class AzureJournal(string partition, string name, AzureHeader header, ulong last)
{
    public string Partition => partition;

    public string Name => name;

    public AzureHeader Header { get; set; } = header;

    /// <summary>Number of the last row that is known to be written.</summary>
    public ulong Last { get; set; } = last;

    /// <summary>Bytes of rows that are not folded, as far as this process wrote or read them.</summary>
    public long UnfoldedBytes { get; set; }

    /// <summary>It waits for the folding of its partition.</summary>
    public bool IsFoldQueued { get; set; }

    /// <summary>Rows of old openings were looked for.</summary>
    public bool AreOpeningsForgotten { get; set; }

    public long UnfoldedRows => (long)(Last - Header.Folded);

    public JournalId Journal => Header.Journal;
}
