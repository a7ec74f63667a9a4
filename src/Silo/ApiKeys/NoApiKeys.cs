using OrleansBroker.Api.Frame.Access;

namespace OrleansBroker.Silo.ApiKeys;

/// <summary>A node without a file of keys.</summary>
internal sealed class NoApiKeys : IApiKeys
{
    public ApiKeyTable? Current => null;
}
