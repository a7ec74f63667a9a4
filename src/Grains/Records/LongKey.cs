using System.Security.Cryptography;

namespace OrleansBroker.Grains.Records;

/// <summary>
/// A key of any length within the journal's bound of 1,024 bytes: as it is below 900 bytes, and otherwise 900: its first 868 with the
/// SHA-256 of the whole. It ends the record's key, so no length stands before it. A stored contract.
/// </summary>
internal static class LongKey
{
    private const int HashedBytes = 900;

    public static void Write(ref RecordWriter writer, scoped ReadOnlySpan<byte> key)
    {
        if (key.Length < HashedBytes)
        {
            writer.Raw(key);
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        writer.Raw(key[..(HashedBytes - SHA256.HashSizeInBytes)]);
        writer.Raw(hash);
    }
}
