using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Broker.Messages;

/// <summary>
/// Who waits for a <see cref="Publication"/> to be done: the connection that received it, the session that
/// sent a will or an incoming QoS 2 message, or another silo. Called on any thread and under the monitors of
/// shards and sessions: an implementation appends to its output or queues work, and never blocks.
/// </summary>
public interface IPublisher
{
    /// <summary>
    /// Of a delivery from another silo: that silo, in whose deliveries to one session <see cref="Publication.Token"/> rises; the same one comes with the same number. Null
    /// for all others.
    /// </summary>
    object? Source => null;

    /// <summary>
    /// A shard could not take the publication at once and holds it in its inbox: it counts against the
    /// publisher's admission until <see cref="Settled"/>.
    /// </summary>
    void Deferred(Publication publication);

    /// <summary>Every receiver's part of the publication is settled. Called exactly once for QoS 1 and 2, and
    /// for QoS 0 exactly once after <see cref="Deferred"/>, otherwise never.</summary>
    void Settled(Publication publication, ReasonCode reason);
}
