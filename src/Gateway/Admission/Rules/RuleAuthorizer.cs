namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>Authorizes by the rules of a file.</summary>
internal sealed class RuleAuthorizer(RuleSet rules, int cacheEntries) : IAuthorizer
{
    public ConnectionPermissions For(ClientIdentity identity, string clientId)
    {
        var names = ClientNames.Of(identity, clientId);
        return new RulePermissions(
            Select(rules.Publish, identity, clientId, names), Select(rules.Subscribe, identity, clientId, names), rules.DefaultAllow, names, cacheEntries);
    }

    // Where all rules apply, all connections share one list.
    private static Rule[] Select(Rule[] all, ClientIdentity identity, string clientId, ClientNames names)
    {
        int count = 0;
        foreach (var rule in all)
            count += rule.AppliesTo(identity, clientId, names) ? 1 : 0;
        return count == all.Length ? all : Array.FindAll(all, rule => rule.AppliesTo(identity, clientId, names));
    }
}
