using System.Security.Cryptography;
using System.Text;

namespace OrleansBroker.TestKit;

/// <summary>The client's side of SCRAM (RFC 5802), once: written apart from the broker's, so that a fault of it is seen.</summary>
/// <param name="method">SCRAM-SHA-256 or SCRAM-SHA-512.</param>
/// <param name="nonce">Chosen when null.</param>
public sealed class ScramClient(string method, string user, string password, string? nonce = null)
{
    private readonly HashAlgorithmName _hash = method.EndsWith("512", StringComparison.Ordinal) ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
    private readonly string _bare =
        $"n={user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={nonce ?? Guid.NewGuid().ToString("N")}";

    private byte[] _signature = [];

    public string Method { get; } = method;

    /// <summary>client-first-message.</summary>
    public byte[] First() => Encoding.UTF8.GetBytes($"n,,{_bare}");

    /// <summary>client-final-message in answer to server-first-message.</summary>
    public byte[] Final(byte[] challenge)
    {
        var text = Encoding.UTF8.GetString(challenge);
        if (text.Split(',') is not [['r', '=', .. var both], ['s', '=', .. var salt], ['i', '=', .. var iterations]])
            throw new UnexpectedFrameException($"not a challenge of SCRAM: {text}");
        if (!both.StartsWith(_bare[(_bare.IndexOf(",r=", StringComparison.Ordinal) + 3)..], StringComparison.Ordinal))
            throw new UnexpectedFrameException("the challenge has another nonce");

        var withoutProof = $"c=biws,r={both}";
        var message = Encoding.UTF8.GetBytes($"{_bare},{text},{withoutProof}");
        var length = _hash == HashAlgorithmName.SHA512 ? 64 : 32;
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(salt), int.Parse(iterations), _hash, length);
        var key = Mac(salted, "Client Key"u8);
        var stored = _hash == HashAlgorithmName.SHA512 ? SHA512.HashData(key) : SHA256.HashData(key);
        _signature = Mac(Mac(salted, "Server Key"u8), message);
        var proof = key.Zip(Mac(stored, message), (a, b) => (byte)(a ^ b)).ToArray();
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>Whether server-final-message proves that the broker knows the password.</summary>
    public bool IsServer(byte[]? final) => Encoding.UTF8.GetString(final ?? []) == $"v={Convert.ToBase64String(_signature)}";

    private byte[] Mac(byte[] key, ReadOnlySpan<byte> data) => _hash == HashAlgorithmName.SHA512 ? HMACSHA512.HashData(key, data) : HMACSHA256.HashData(key, data);
}
