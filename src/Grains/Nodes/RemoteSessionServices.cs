using OrleansBroker.Broker.Options;
using OrleansBroker.Broker.Outcomes;
using OrleansBroker.Grains.Time;

namespace OrleansBroker.Grains.Nodes;

/// <summary>What the connections of a gateway whose sessions are elsewhere share.</summary>
internal sealed record RemoteSessionServices(NodeSenders Senders, LimitsOptions Limits, BrokerCounters Counters, BrokerClock Clock);
