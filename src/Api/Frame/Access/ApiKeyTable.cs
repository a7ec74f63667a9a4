using System.Security.Cryptography;

namespace OrleansBroker.Api.Frame.Access;

/// <summary>One reading of a file of API keys; does not change.</summary>
public sealed class ApiKeyTable(IReadOnlyList<ApiKeyRecord> records)
{
    /// <summary>Every request compares with all.</summary>
    public const int MaxKeys = 10_000;

    public int Count => records.Count;

    /// <summary>Compares with every key, in a time that tells nothing of how near a wrong one came.</summary>
    internal ApiKeyRecord? Find(string key)
    {
        byte[] hash = ApiKey.Hash(key);
        ApiKeyRecord? found = null;
        foreach (var record in records)
        {
            if (CryptographicOperations.FixedTimeEquals(record.Hash, hash))
                found = record;
        }
        return found;
    }
}
