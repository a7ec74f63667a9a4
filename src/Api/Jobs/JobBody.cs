using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansBroker.Grains.Sessions.Jobs;

namespace OrleansBroker.Api.Jobs;

/// <summary>A command for many sessions.</summary>
internal sealed record JobBody(
    SessionFilter Filter,
    [property: Description("`disconnect` leaves the sessions by their expiry intervals; `end` ends them.")] JobAction Action = JobAction.Disconnect,
    [property: Description("Of a disconnection, as in `DELETE /api/v1/sessions/{clientId}/connection`.")] string? Reason = null,
    [property: Description("Whether wills are published.")] bool Will = true,
    [property: MaxLength(1_024), Description("Where 5.0 clients are to go instead, with `useAnotherServer` and `serverMoved`.")] string? ServerReference = null,
    [property: Range(1, ISessionJobs.MaxRate), Description("Sessions a second.")] int Rate = JobBody.DefaultRate,
    [property: Description("Of a job that did not come to its end, which this one goes on with.")] string? Cursor = null)
{
    public const int DefaultRate = 100;
}
