using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansBroker.Api.Frame.Access;

/// <summary>
/// The secret of an API client: <c>ob_</c> and 256 random bits in base64url. So many bits cannot be guessed, whatever a guess costs, so that a plain
/// SHA-256 keeps them, where a password needs a slow hash.
/// </summary>
public static class ApiKey
{
    /// <summary>Lets those who search for leaked secrets find ours.</summary>
    public const string Prefix = "ob_";

    private const int RandomBytes = 32;

    /// <summary>Characters of a key.</summary>
    public static int Length { get; } = Prefix.Length + Base64Url.GetEncodedLength(RandomBytes);

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <returns>32 bytes.</returns>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
