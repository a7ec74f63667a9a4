namespace OrleansBroker.Soak.Tests.Model;

/// <summary>All that happened in one round, complete and at rest.</summary>
internal sealed record RoundRecord(IReadOnlyList<SessionRecord> Sessions, IReadOnlyDictionary<long, Message> Messages);
