using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Sessions;

/// <summary>An incoming QoS 2 packet identifier between PUBLISH and PUBREL.</summary>
/// <param name="Sequence">Lives as long as the session: the message's identity for its receivers (invariant B6).</param>
/// <param name="Publication">The message until its shard is done; null afterwards.</param>
/// <param name="IsReceived">PUBREC has been, or may be, sent.</param>
/// <param name="Waiting">The connection that sent PUBLISH last: a later one sends it again and is answered then.</param>
internal readonly record struct InboundState(long Sequence, Publication? Publication, bool IsReceived, ISessionConnection? Waiting);
