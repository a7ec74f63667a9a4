namespace OrleansBroker.Broker.Sessions;

/// <summary>Something that leaves, or is settled, when the journal has committed <paramref name="Number"/>.</summary>
/// <param name="Sequence">Of the message concerned: an identifier may have been given to another message meanwhile.</param>
internal readonly record struct SessionPromise(ulong Number, SessionPromiseKind Kind, ushort PacketIdentifier, long Sequence, object? Target);
