namespace OrleansBroker.Broker.Sessions;

/// <summary>A message of a session as others are told of it.</summary>
/// <param name="Message">Of one that is in the journal alone the sequence only.</param>
/// <param name="PacketIdentifier">0 for one that waits.</param>
public readonly record struct QueueEntry(OutboundMessage Message, ushort PacketIdentifier, bool IsInJournal);
