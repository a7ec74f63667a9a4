
namespace OrleansBroker.Clustering.AzureTables;

/// <summary>What a read of the table has seen so far.</summary>
internal sealed class AzureMembershipRead
{
    public List<Tuple<MembershipEntry, string>> Silos { get; } = [];

    public TableVersion? Version { get; set; }

    /// <summary>Null when no program has written a fence yet.</summary>
    public int? First { get; set; }

    public int? Last { get; set; }

    /// <summary>No change came between the pages.</summary>
    public bool IsOneMoment => IsOfVersion(First) && IsOfVersion(Last);

    /// <summary>Needs <see cref="Version"/>.</summary>
    public MembershipTableData ToData() => new(Silos, Version!);

    private bool IsOfVersion(int? fence) => fence is null || Version is null || fence == Version.Version;
}
