namespace OrleansBroker.Api.Frame;

/// <summary>The subjects of the document: each endpoint has one (<c>WithTags</c>).</summary>
public static class ApiTags
{
    public const string Api = "API";
    public const string Sessions = "Sessions";
    public const string Subscriptions = "Subscriptions";
    public const string Messages = "Messages";
    public const string Nodes = "Nodes";
    public const string Events = "Events";

    internal static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        [Api] = "The API itself.",
        [Sessions] = "Sessions, connected or not: listed, read, disconnected, ended.",
        [Subscriptions] = "Who has subscribed to what.",
        [Messages] = "Publishing, and retained messages.",
        [Nodes] = "The cluster's nodes and its numbers.",
        [Events] = "What happens to sessions, as it happens.",
    };
}
