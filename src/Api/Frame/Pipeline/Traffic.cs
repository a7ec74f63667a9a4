namespace OrleansBroker.Api.Frame.Pipeline;

/// <summary>Metadata of an endpoint that is the broker's daily work: its requests are too many for the log.</summary>
internal sealed class Traffic
{
    public static readonly Traffic Instance = new();
}
