namespace OrleansBroker.Grains.Topics;

/// <summary>Publishes for those who are no clients, and says what came of it. Any node, any thread.</summary>
public interface IMessagePublisher
{
    /// <summary>Bytes of the largest packet that a message may make, as for a client.</summary>
    int MaximumPacketBytes { get; }

    /// <summary>
    /// Checks messages as those of a client, and publishes what may be. A message of QoS 1 or 2 whose shard is lost on the way is published again, and may so come twice. Messages
    /// of one topic keep their order.
    /// </summary>
    /// <returns>An answer for each, in order. It comes when all are as done as a PUBACK says, or when their time is over.</returns>
    Task<IReadOnlyList<MessageAnswer>> PublishAsync(IReadOnlyList<MessageDraft> messages, CancellationToken cancellation);
}
