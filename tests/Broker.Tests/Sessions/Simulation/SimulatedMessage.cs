using OrleansBroker.Broker.Messages;

namespace OrleansBroker.Broker.Tests.Sessions.Simulation;

/// <summary>A message that the session was given, and what is expected of it.</summary>
internal sealed class SimulatedMessage(string text, Publication publication, long incarnation)
{
    public string Text { get; } = text;

    public Publication Publication { get; } = publication;

    public long Incarnation { get; } = incarnation;

    /// <summary>The shard's own part is settled at the end only, which shows a receiver that settles more than its part.</summary>
    public bool IsOwnPartOpen { get; init; }

    /// <summary>It went to a shared group: another member may get it.</summary>
    public bool IsShared { get; init; }

    public bool MustArrive { get; set; }

    /// <summary>The node died before it was settled: its source would hand it on again.</summary>
    public bool IsAbandoned { get; set; }
}
