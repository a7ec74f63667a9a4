namespace OrleansBroker.Grains.Sessions.Jobs;

/// <summary>A job as it stands.</summary>
/// <param name="Matched">Sessions found so far.</param>
/// <param name="Done">Of these, disconnected or ended.</param>
/// <param name="Skipped">Of these, gone or changed by themselves meanwhile.</param>
/// <param name="Failed">Of these, not reached in time, or not stored.</param>
/// <param name="StartedAt">UTC milliseconds.</param>
/// <param name="EndedAt">UTC milliseconds; null while it runs.</param>
/// <param name="After">All up to this client id have had their turn; null before the first, and when it is done.</param>
/// <param name="Partial">Nodes that could not be asked for their sessions: some of theirs may have been missed.</param>
public sealed record SessionJob(
    string Id, SessionJobRequest Request, JobState State, long Matched, long Done, long Skipped, long Failed, long StartedAt, long? EndedAt, string? After, IReadOnlyList<string> Partial);
