using System.Security.Cryptography;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>SCRAM (RFC 5802, RFC 7677) against the users of a password file, without channel binding. User name and password of the CONNECT are not looked at.</summary>
public sealed class ScramMethod : IAuthenticationMethod
{
    public const string Sha256 = "SCRAM-SHA-256";

    public const string Sha512 = "SCRAM-SHA-512";

    // 24 characters of base64, without padding.
    private const int NonceBytes = 18;

    private readonly HashAlgorithmName _algorithm;
    private readonly ScramUsers _users;
    private readonly Func<string> _newNonce;

    /// <param name="name"><see cref="Sha256"/> or <see cref="Sha512"/>.</param>
    public ScramMethod(string name, PasswordFile file)
        : this(name, file, static () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes)))
    {
    }

    internal ScramMethod(string name, PasswordFile file, Func<string> newNonce)
    {
        Name = name;
        _algorithm = name switch
        {
            Sha256 => HashAlgorithmName.SHA256,
            Sha512 => HashAlgorithmName.SHA512,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
        _users = new(file, _algorithm);
        _newNonce = newNonce;
    }

    public string Name { get; }

    public IAuthenticationExchange Start(AuthenticationRequest request) => new ScramExchange(_users, _algorithm, _newNonce);
}
