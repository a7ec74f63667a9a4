using System.ComponentModel;
using System.Text.Json.Serialization;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Sessions;
using OrleansBroker.Grains.Sessions.Jobs;

namespace OrleansBroker.Api.Jobs;

/// <summary>A job as it stands.</summary>
[Description("A job as it stands. It is in the memory of its node alone and ends with it; it is kept for an hour after its end.")]
internal sealed record JobView(
    string Id,
    [property: Description("The node that carries it out, and that alone knows it.")] string Node,
    JobAction Action,
    JobState State,
    SessionFilter Filter,
    [property: Description("Sessions a second, at most.")] int Rate,
    [property: Description("Sessions found so far.")] long Matched,
    [property: Description("Of these, disconnected or ended.")] long Done,
    [property: Description("Of these, gone, disconnected or connected anew by themselves meanwhile.")] long Skipped,
    [property: Description("Of these, not reached or not stored in time.")] long Failed,
    DateTimeOffset Started,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never), Description("All up to here have had their turn: a new job goes on from it, at any node. Null before the first, and when it is done.")] string? Cursor,
    DateTimeOffset? Ended = null,
    string? Reason = null,
    [property: Description("Nodes that could not be asked for their sessions: some may have been missed.")] IReadOnlyList<string>? Partial = null,
    string Note = JobView.Honest)
{
    private const string Honest = "In the memory of this node: the job ends with the node, and a new one may go on from its cursor.";

    public static JobView Of(SessionJob job, string node) => new(
        job.Id,
        node,
        job.Request.Action,
        job.State,
        SessionFilter.Of(job.Request.Query),
        job.Request.Rate,
        job.Matched,
        job.Done,
        job.Skipped,
        job.Failed,
        Times.Of(job.StartedAt),
        job.After is null ? null : SessionCursor.Encode(job.After),
        job.EndedAt is { } ended ? Times.Of(ended) : null,
        job.Request.Action == JobAction.Disconnect ? ReasonNames.Of(job.Request.Reason) : null,
        job.Partial.Count == 0 ? null : job.Partial);
}
