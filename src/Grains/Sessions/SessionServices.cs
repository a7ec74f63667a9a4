using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Monitors;
using OrleansBroker.Grains.Nodes;
using OrleansBroker.Grains.Presence;
using OrleansBroker.Grains.Routing;
using OrleansBroker.Grains.Time;
using OrleansBroker.Grains.Timing;

namespace OrleansBroker.Grains.Sessions;

/// <summary>What every session of a silo shares: one object, so that a session costs one reference.</summary>
internal sealed record SessionServices(
    LimitsOptions Limits,
    InboxLimits InboxLimits,
    BrokerCounters Counters,
    BrokerClock Clock,
    TimingWheel Wheel,
    IPublishRouter Router,
    RouteRegistrar Routes,
    SessionDetours Detours,
    SessionForwards Forwards,
    NodeSenders Senders,
    SessionLifetimes Lifetimes,
    StoredLoader Loader,
    PresenceRing Presence,
    TimingOptions Timing);
