namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>The rules that apply to one connection, in their order.</summary>
internal sealed class RulePermissions(Rule[] publish, Rule[] subscribe, bool defaultAllow, ClientNames names, int cacheEntries) : ConnectionPermissions
{
    private readonly ClientNames _names = names;
    private PermissionCache _publishCache = new(cacheEntries);

    public override bool MayPublish(ReadOnlySpan<byte> topic)
    {
        uint hash = PermissionCache.HashOf(topic);
        if (_publishCache.TryGet(topic, hash, out bool allowed))
            return allowed;
        allowed = DecidePublish(topic);
        _publishCache.Set(topic, hash, allowed);
        return allowed;
    }

    // Rare, so not remembered.
    public override bool MaySubscribe(ReadOnlySpan<byte> filter)
    {
        foreach (var rule in subscribe)
        {
            if (rule.DecidesSubscribe(filter, _names))
                return rule.Allow;
        }
        return defaultAllow;
    }

    private bool DecidePublish(ReadOnlySpan<byte> topic)
    {
        foreach (var rule in publish)
        {
            if (rule.DecidesPublish(topic, _names))
                return rule.Allow;
        }
        return defaultAllow;
    }
}
