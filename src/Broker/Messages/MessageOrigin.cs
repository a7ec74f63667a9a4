namespace OrleansBroker.Broker.Messages;

/// <summary>
/// Who says that a QoS 2 message is the same though it comes again: its publisher's durable session, which hands it on until it knows it done (invariant B6).
/// </summary>
/// <param name="Incarnation">The publisher's session, unique for ever.</param>
/// <param name="Sequence">Rising within it.</param>
/// <param name="LowestOpen">No smaller one comes again: receivers may forget them.</param>
public sealed record MessageOrigin(long Incarnation, long Sequence, long LowestOpen);
