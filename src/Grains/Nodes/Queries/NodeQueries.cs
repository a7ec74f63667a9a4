using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes.Queries;

/// <summary>Answers what other silos ask for whoever manages the cluster. It runs on one scheduler, so whatever takes time runs elsewhere (invariant H8).</summary>
[Reentrant]
[GrainType("broker.node-queries")]
internal sealed partial class NodeQueries(GrainId id, Silo silo, ILoggerFactory loggers, SessionLookup lookup, PresenceRing presence, BrokerClock clock)
    : GrainService(id, silo, loggers), INodeQueries;
