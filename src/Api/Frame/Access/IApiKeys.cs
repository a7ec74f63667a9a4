namespace OrleansBroker.Api.Frame.Access;

/// <summary>The keys in force; asked by every request, from any thread.</summary>
public interface IApiKeys
{
    /// <summary>Null when the node has no file of keys: it listens on loopback only, and everybody there is admin. A file without keys lets nobody in.</summary>
    ApiKeyTable? Current { get; }
}
