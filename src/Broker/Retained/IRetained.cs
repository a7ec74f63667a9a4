namespace OrleansBroker.Broker.Retained;

/// <summary>What the retained store must know of a message. Both values never change while the message is stored.</summary>
public interface IRetained
{
    /// <summary>When the Message Expiry Interval has passed, on the caller's clock in milliseconds; <see cref="long.MaxValue"/>: never.</summary>
    long ExpiresAtMilliseconds { get; }

    /// <summary>What the message counts against the store's bound: topic, properties and payload.</summary>
    int SizeBytes { get; }
}
