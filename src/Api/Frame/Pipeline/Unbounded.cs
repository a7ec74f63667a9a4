namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Metadata of an endpoint whose answer goes on.</summary>
internal sealed class Unbounded
{
    public static readonly Unbounded Instance = new();
}
