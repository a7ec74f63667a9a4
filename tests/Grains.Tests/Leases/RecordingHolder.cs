using OrleansBroker.Grains.Leases;

namespace OrleansBroker.Grains.Tests.Leases;

/// <summary>Notes what it is told, and whether the lease was valid then.</summary>
internal sealed class RecordingHolder(SiloLease lease) : ILeaseHolder
{
    private readonly List<string> _told = [];

    public string Told
    {
        get
        {
            lock (_told) return string.Join(", ", _told);
        }
    }

    public void Lost() => Note("lost");

    public void Recovered() => Note("recovered");

    private void Note(string what)
    {
        lock (_told) _told.Add($"{what} {(lease.IsValid ? "while valid" : "while not valid")}");
    }
}
