using Microsoft.Extensions.Logging;
using OrleansBroker.Broker.Options;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Sessions;

/// <summary>What the session grains of a silo share.</summary>
internal sealed record SessionGrainServices(
    SessionServices Session,
    LocalSessions Sessions,
    IConnectionRegistry Connections,
    NodeSenders Senders,
    NodeInbox Inbox,
    HeldClients Held,
    JournalWriter Writer,
    IncarnationSource Incarnations,
    TimingOptions Timing,
    ILogger<SessionGrain> Logger);
