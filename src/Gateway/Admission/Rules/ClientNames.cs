using System.Text;

namespace OrleansBroker.Gateway.Admission.Rules;

/// <summary>What stands for <c>%c</c> and <c>%u</c> on one connection. A name that is not the text of one level (empty, or with '/', '+' or '#' in it) is
/// null, and a pattern that needs it matches nothing: a client cannot choose a name that widens a rule.</summary>
/// <param name="ClientId">UTF-8.</param>
/// <param name="UserName">UTF-8.</param>
internal readonly record struct ClientNames(byte[]? ClientId, byte[]? UserName)
{
    public static ClientNames Of(ClientIdentity identity, string clientId) => new(Level(clientId), Level(identity.UserName));

    private static byte[]? Level(string? name) =>
        string.IsNullOrEmpty(name) || name.AsSpan().ContainsAny('/', '+', '#') ? null : Encoding.UTF8.GetBytes(name);
}
