namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>Whom a rule is for: everybody, a verified user, or a client id.</summary>
/// <param name="UserName">Null: not by user.</param>
/// <param name="ClientId">Null: not by client id.</param>
internal readonly record struct RuleSubject(string? UserName, string? ClientId)
{
    public bool Includes(ClientIdentity identity, string clientId) =>
        (UserName is null || UserName == identity.UserName) && (ClientId is null || ClientId == clientId);
}
