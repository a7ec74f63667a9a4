using System.Security.Cryptography;

namespace OrleansBroker.Grains.Records;

/// <summary>
/// A key of any length within the journal's bound of 1,024 bytes: as it is up to 900 bytes, and beyond that its first 868 with the
/// SHA-256 of the whole. A stored contract.
/// </summary>
internal static class LongKey
{
    private const int MaxPlainBytes = 900;

    public static void Write(ref RecordWriter writer, scoped ReadOnlySpan<byte> key)
    {
        if (key.Length <= MaxPlainBytes)
        {
            writer.Bytes(key);
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        writer.Bytes(key[..(MaxPlainBytes - SHA256.HashSizeInBytes)]);
        writer.Bytes(hash);
    }
}
