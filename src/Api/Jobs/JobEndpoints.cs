using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansBroker.Api.Frame;
using OrleansBroker.Api.Sessions;
using OrleansBroker.Grains.Sessions.Jobs;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Api.Jobs;

/// <summary>Commands for many sessions, at a limited rate.</summary>
internal static class JobEndpoints
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(10);

    public static void MapJobs(this RouteGroupBuilder api)
    {
        api.MapPost("/sessions:disconnect", Start)
            .RequireRole(ApiRole.Admin).CanFail(ApiProblem.TooManyJobs)
            .WithName("disconnectSessions").WithTags(ApiTags.Sessions).WithSummary("Disconnects or ends the sessions that meet the criteria, at a limited rate, as a job.")
            .WithDescription("A session that has changed since it was found is left as it is. The job ends with its node.");
        api.MapGet("/jobs", static (ISessionJobs jobs) => TypedResults.Ok(new JobList(jobs.Node, [.. jobs.All.Select(job => JobView.Of(job, jobs.Node))])))
            .RequireRole(ApiRole.Read)
            .WithName("listJobs").WithTags(ApiTags.Sessions).WithSummary("The jobs of this node, those of the last hour included.");
        api.MapGet("/jobs/{id}", static (PathText id, ISessionJobs jobs) => Answer(jobs, id, jobs.Find(id.Text)))
            .RequireRole(ApiRole.Read).CanFail(ApiProblem.JobNotFound)
            .WithName("getJob").WithTags(ApiTags.Sessions).WithSummary("How far a job of this node has come.");
        api.MapDelete("/jobs/{id}", static (PathText id, ISessionJobs jobs) => Answer(jobs, id, jobs.Cancel(id.Text)))
            .RequireRole(ApiRole.Admin).CanFail(ApiProblem.JobNotFound)
            .WithName("cancelJob").WithTags(ApiTags.Sessions).WithSummary("Cancels a job of this node: what has not begun is not begun any more.");
    }

    private static Accepted<JobView> Start(JobBody body, ISessionJobs jobs)
    {
        var job = jobs.TryStart(ToRequest(body)) ?? throw ApiProblem.TooManyJobs.Because($"{ISessionJobs.MaxRunning} jobs run on this node.", retryAfter: Retry);
        return TypedResults.Accepted($"/api/v1/jobs/{PathText.Encode(job.Id)}", JobView.Of(job, jobs.Node));
    }

    private static Ok<JobView> Answer(ISessionJobs jobs, PathText id, SessionJob? job) => job is null
        ? throw ApiProblem.JobNotFound.Because($"The node {jobs.Node} has no job {id}.")
        : TypedResults.Ok(JobView.Of(job, jobs.Node));

    private static SessionJobRequest ToRequest(JobBody body)
    {
        if (body.Rate is < 1 or > ISessionJobs.MaxRate)
            throw ApiProblem.InvalidBody.Because($"rate is 1 to {ISessionJobs.MaxRate}.", "rate");
        string? after = SessionCursor.Decode(body.Cursor);
        var query = body.Filter.ToQuery();
        if (body.Action == JobAction.Disconnect && query.Connected == false)
            throw ApiProblem.InvalidBody.Because("Sessions without connection cannot be disconnected.", "connected");
        return new()
        {
            // Who has no connection is not asked to leave it.
            Query = body.Action == JobAction.Disconnect ? query with { Connected = true } : query,
            Action = body.Action,
            Reason = ReasonOf(body),
            PublishWill = body.Will,
            ServerReference = body.ServerReference,
            Rate = body.Rate,
            After = after,
        };
    }

    private static ReasonCode ReasonOf(JobBody body)
    {
        if (body.Action == JobAction.End && (body.Reason ?? body.ServerReference) is not null)
            throw ApiProblem.InvalidBody.Because("A session that is ended has no other reason than administrativeAction.", "reason");
        if (body.ServerReference is { Length: 0 or > DisconnectReasons.MaxServerReference })
            throw ApiProblem.InvalidBody.Because($"serverReference has 1 to {DisconnectReasons.MaxServerReference} characters.", "serverReference");
        string name = body.Reason ?? ReasonNames.Of(ReasonCode.AdministrativeAction);
        foreach (var (known, reason) in DisconnectReasons.All)
        {
            if (known != name)
                continue;
            DisconnectReasons.Check(reason, body.ServerReference, ApiProblem.InvalidBody);
            return reason;
        }
        throw ApiProblem.InvalidBody.Because($"reason is one of {string.Join(", ", DisconnectReasons.All.Select(each => each.Name))}.", "reason");
    }
}
