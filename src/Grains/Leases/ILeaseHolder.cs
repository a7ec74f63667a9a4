namespace OrleansBroker.Grains.Leases;

/// <summary>Promises things on this silo by its lease, for a journal that it owns. Called by the renewal, one call at a time; must not block.</summary>
internal interface ILeaseHolder
{
    /// <summary>The journal has another owner. When this returns the holder promises nothing more, whatever the lease says: it is called before the lease is valid again.</summary>
    void Lost();

    /// <summary>The lease is valid again after it was not, and the journal is still the holder's: what waited may go on.</summary>
    void Recovered();
}
