using System.Collections.Frozen;

namespace OrleansBroker.Gateway.Admission.Enhanced;

/// <summary>The methods of enhanced authentication that the gateway has; does not change.</summary>
public sealed class AuthenticationMethods
{
    private readonly FrozenDictionary<string, IAuthenticationMethod> _methods;

    /// <param name="methods">Of different names.</param>
    public AuthenticationMethods(IEnumerable<IAuthenticationMethod> methods) =>
        _methods = methods.ToFrozenDictionary(method => method.Name, StringComparer.Ordinal);

    /// <summary>Every method is unknown.</summary>
    public static AuthenticationMethods None { get; } = new([]);

    internal IAuthenticationMethod? Find(string name) => _methods.GetValueOrDefault(name);
}
