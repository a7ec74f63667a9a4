namespace OrleansBroker.Grains.Sessions;

/// <summary>
/// Identity of a session grain: the tenant (empty until tenants exist), a slash that no tenant contains, the client id as it is.
/// A stored and wired contract.
/// </summary>
public readonly record struct SessionKey(string ClientId)
{
    private const char Separator = '/';

    public string ToGrainKey() => Separator + ClientId;

    public static SessionKey Parse(string grainKey) => new(grainKey[(grainKey.IndexOf(Separator, StringComparison.Ordinal) + 1)..]);
}
