using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Leases;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Placement;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>What the session grains of a silo share.</summary>
/// <param name="Lease">Null on a silo that is a cluster by itself.</param>
internal sealed record SessionGrainServices(
    SessionServices Session,
    LocalSessions Sessions,
    IConnectionRegistry Connections,
    NodeSenders Senders,
    NodeInbox Inbox,
    SessionMap Map,
    HeldClients Held,
    JournalWriter Writer,
    IncarnationSource Incarnations,
    TimingOptions Timing,
    ILogger<SessionGrain> Logger,
    SiloLease? Lease = null);
