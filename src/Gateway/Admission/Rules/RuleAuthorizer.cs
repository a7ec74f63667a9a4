namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>Authorizes by the rules of a file.</summary>
internal sealed class RuleAuthorizer(RuleSet rules, int cacheEntries) : IAuthorizer
{
    private readonly RuleSelection _publish = new(rules.Publish);
    private readonly RuleSelection _subscribe = new(rules.Subscribe);

    public ConnectionPermissions For(ClientIdentity identity, string clientId)
    {
        var names = ClientNames.Of(identity, clientId);
        return new RulePermissions(
            _publish.Of(identity, clientId, names), _subscribe.Of(identity, clientId, names), rules.DefaultAllow, names, cacheEntries);
    }
}
