using System.Security.Cryptography;
using System.Text;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>
/// The password file as SCRAM sees it: the PBKDF2 hash of a password, as long as the hash function's output, is SCRAM's SaltedPassword (RFC 5802 section 3,
/// RFC 7677). Users whose hash has another shape, and users who do not exist, get a salt that is theirs as long as the process lives, so that asking does not
/// tell them from the others.
/// </summary>
internal sealed class ScramUsers(PasswordFile file, HashAlgorithmName algorithm)
{
    // Made of a secret that is in no file: from a user's hash it would let anybody who asks try passwords of that user.
    private static readonly byte[] ProcessSecret = RandomNumberGenerator.GetBytes(SHA512.HashSizeInBytes);

    public ScramCredentials Find(string userName)
    {
        var table = file.Current;
        var record = table.Find(userName);
        // For known users too: what it costs tells nothing.
        var decoy = Decoy(userName, table.FirstScram(algorithm));
        return record is not null && record.Hash.IsScram(algorithm)
            ? new(userName, record.Hash.Salt.ToArray(), record.Hash.Iterations, record.Hash.Hash.ToArray(), IsKnown: true)
            : decoy;
    }

    // Salt and iterations look like the first user's who has a password for the method, or a new user's.
    private ScramCredentials Decoy(string userName, PasswordHash? first)
    {
        byte[] secret = HMACSHA512.HashData(ProcessSecret, Encoding.UTF8.GetBytes(userName));
        int saltBytes = Math.Min(first?.Salt.Length ?? PasswordHash.SaltBytes, secret.Length);
        byte[] salted = RandomNumberGenerator.GetBytes(PasswordHash.ScramBytes(algorithm));
        return new(userName, secret[..saltBytes], first?.Iterations ?? PasswordHash.DefaultIterationsOf(algorithm), salted, IsKnown: false);
    }
}
