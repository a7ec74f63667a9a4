using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Sessions.Jobs;

/// <summary>A command for many sessions.</summary>
public sealed record SessionJobRequest
{
    public required SessionQuery Query { get; init; }

    public required JobAction Action { get; init; }

    /// <summary>Of a disconnection.</summary>
    public ReasonCode Reason { get; init; } = ReasonCode.AdministrativeAction;

    public bool PublishWill { get; init; } = true;

    /// <summary>With the two reasons that send clients elsewhere.</summary>
    public string? ServerReference { get; init; }

    /// <summary>Sessions a second, 1 to <see cref="ISessionJobs.MaxRate"/>.</summary>
    public required int Rate { get; init; }

    /// <summary>Begins behind this client id, as <see cref="SessionJob.After"/> of a job that did not come to its end; null for the beginning.</summary>
    public string? After { get; init; }
}
