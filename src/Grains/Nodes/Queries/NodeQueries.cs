using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Grains.Sessions.Listing;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <summary>Answers other silos' questions. It runs on one scheduler, so each answer is worked out on the pool.</summary>
[Reentrant]
[GrainType("broker.node-queries")]
internal sealed partial class NodeQueries(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    NodeReporter reporter,
    NodeSessions sessions,
    SessionDetailsReader details,
    SessionLookup lookup,
    PresenceRing presence,
    BrokerClock clock)
    : GrainService(id, silo, loggers), INodeQueries;
