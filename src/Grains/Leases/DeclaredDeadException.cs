namespace OrleansBroker.Grains.Leases;

/// <summary>The lease of a silo that was declared dead while it could not renew it: it never gets it back. Orleans ends the process.</summary>
public sealed class DeclaredDeadException() : Exception("The cluster has declared this silo dead: it gets no lease any more.");
