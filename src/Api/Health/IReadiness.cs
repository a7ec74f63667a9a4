namespace OrleansBroker.Api.Health;

/// <summary>Asked by every <c>/health/ready</c>; must answer at once, from any thread.</summary>
public interface IReadiness
{
    ReadinessState State { get; }

    /// <summary>More about the state, for an operator; null where there is no more to say.</summary>
    string? Detail { get; }
}
