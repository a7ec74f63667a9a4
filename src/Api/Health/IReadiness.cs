namespace OrleansBroker.Api.Health;

/// <summary>Asked by every <c>/health/ready</c>; must answer at once, from any thread.</summary>
public interface IReadiness
{
    ReadinessState State { get; }
}
