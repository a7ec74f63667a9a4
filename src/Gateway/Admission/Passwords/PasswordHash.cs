using System.Globalization;
using System.Security.Cryptography;

namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>A salted, slow hash of a password (PBKDF2). Text form: <c>pbkdf2-sha512:ITERATIONS:SALT:HASH</c>, or <c>pbkdf2-sha256:…</c>; salt and hash in base64.</summary>
public sealed class PasswordHash
{
    /// <summary>What OWASP asks of PBKDF2 with SHA-512; about 0.1 s of one processor.</summary>
    public const int DefaultIterations = 210_000;

    /// <summary>What OWASP asks of PBKDF2 with SHA-256; about as long.</summary>
    public const int DefaultIterationsSha256 = 600_000;

    /// <summary>Enough where the password is a long random one that nobody typed.</summary>
    public const int MinIterations = 1_000;

    /// <summary>About 5 s of one processor.</summary>
    public const int MaxIterations = 10_000_000;

    internal const int SaltBytes = 16;

    private const string Sha512Name = "pbkdf2-sha512";
    private const string Sha256Name = "pbkdf2-sha256";
    private const int MinHashBytes = 16;
    private const int MaxHashBytes = 64;

    private readonly HashAlgorithmName _algorithm;
    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(HashAlgorithmName algorithm, int iterations, byte[] salt, byte[] hash)
    {
        _algorithm = algorithm;
        _iterations = iterations;
        _salt = salt;
        _hash = hash;
    }

    internal int Iterations => _iterations;

    internal ReadOnlySpan<byte> Salt => _salt;

    internal ReadOnlySpan<byte> Hash => _hash;

    /// <summary>Hashes a new password under a new salt, with SHA-512.</summary>
    public static PasswordHash Create(ReadOnlySpan<byte> password, int iterations) => Create(password, iterations, HashAlgorithmName.SHA512);

    /// <summary>Hashes a new password under a new salt, as long as SCRAM needs it.</summary>
    /// <param name="algorithm">SHA-512 or SHA-256.</param>
    public static PasswordHash Create(ReadOnlySpan<byte> password, int iterations, HashAlgorithmName algorithm)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new(algorithm, iterations, salt, Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, algorithm, ScramBytes(algorithm)));
    }

    public static int DefaultIterationsOf(HashAlgorithmName algorithm) => algorithm == HashAlgorithmName.SHA512 ? DefaultIterations : DefaultIterationsSha256;

    /// <summary>How long SCRAM's SaltedPassword is: the output of its hash function.</summary>
    internal static int ScramBytes(HashAlgorithmName algorithm) => algorithm == HashAlgorithmName.SHA512 ? SHA512.HashSizeInBytes : SHA256.HashSizeInBytes;

    /// <summary>Whether this is the SaltedPassword of SCRAM with a hash function.</summary>
    internal bool IsScram(HashAlgorithmName algorithm) => _algorithm == algorithm && _hash.Length == ScramBytes(algorithm);

    /// <summary>A hash that no password has and that costs as much as this one.</summary>
    internal PasswordHash Decoy() => new(_algorithm, _iterations, RandomNumberGenerator.GetBytes(_salt.Length), RandomNumberGenerator.GetBytes(_hash.Length));

    /// <summary>The same for a file without users.</summary>
    internal static PasswordHash DefaultDecoy() =>
        new(HashAlgorithmName.SHA512, DefaultIterations, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(MaxHashBytes));

    /// <summary>Whether this is the hash of a password; slow on purpose, and as slow for a wrong one.</summary>
    public bool Verify(ReadOnlySpan<byte> password)
    {
        Span<byte> computed = stackalloc byte[MaxHashBytes];
        computed = computed[.._hash.Length];
        Rfc2898DeriveBytes.Pbkdf2(password, _salt, computed, _iterations, _algorithm);
        return CryptographicOperations.FixedTimeEquals(computed, _hash);
    }

    /// <returns>Null, and the reason, when the text is none.</returns>
    internal static PasswordHash? Parse(ReadOnlySpan<char> text, out string reason)
    {
        reason = $"the hash must be {Sha512Name}:ITERATIONS:SALT:HASH.";
        Span<Range> parts = stackalloc Range[5];
        if (text.Split(parts, ':') != 4)
            return null;
        HashAlgorithmName? algorithm = text[parts[0]] switch
        {
            Sha512Name => HashAlgorithmName.SHA512,
            Sha256Name => HashAlgorithmName.SHA256,
            _ => null,
        };
        if (algorithm is null)
        {
            reason = $"the hash must be {Sha512Name} or {Sha256Name}.";
            return null;
        }
        if (!int.TryParse(text[parts[1]], NumberStyles.None, CultureInfo.InvariantCulture, out int iterations) || iterations is < MinIterations or > MaxIterations)
        {
            reason = $"the iterations must be {MinIterations} to {MaxIterations}.";
            return null;
        }
        reason = $"salt and hash must be base64, the hash of {MinHashBytes} to {MaxHashBytes} bytes.";
        byte[]? salt = FromBase64(text[parts[2]]);
        byte[]? hash = FromBase64(text[parts[3]]);
        return salt is { Length: > 0 } && hash is { Length: >= MinHashBytes and <= MaxHashBytes } ? new(algorithm.Value, iterations, salt, hash) : null;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(_algorithm == HashAlgorithmName.SHA512 ? Sha512Name : Sha256Name)}:{_iterations}:{Convert.ToBase64String(_salt)}:{Convert.ToBase64String(_hash)}");

    private static byte[]? FromBase64(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, bytes, out int length) ? bytes[..length] : null;
    }
}
