namespace OrleansBroker.Broker.Sessions;

/// <summary>An incoming QoS 2 message of a durable session on its way to its shard.</summary>
/// <param name="IsReleased">PUBREL has freed its packet identifier meanwhile.</param>
internal readonly record struct ForwardState(long Sequence, ushort PacketIdentifier, bool IsReleased);
