using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>HMAC-SHA-256, under a key of this process, of a user's record and a password: says that they belong together without keeping the password.</summary>
internal readonly record struct CredentialKey(ulong A, ulong B, ulong C, ulong D)
{
    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(32);

    public static CredentialKey Of(PasswordRecord record, ReadOnlySpan<byte> password)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, ProcessKey);
        // The record's salt and hash stand for its password: when that changes, older keys match nothing.
        Append(hmac, Encoding.UTF8.GetBytes(record.UserName));
        Append(hmac, record.Hash.Salt);
        Append(hmac, record.Hash.Hash);
        Append(hmac, password);
        Span<byte> digest = stackalloc byte[32];
        hmac.GetHashAndReset(digest);
        return new(
            BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(digest[16..]), BinaryPrimitives.ReadUInt64LittleEndian(digest[24..]));
    }

    // With its length in front, so that no two lists of parts run into the same bytes.
    private static void Append(IncrementalHash hmac, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hmac.AppendData(length);
        hmac.AppendData(part);
    }
}
