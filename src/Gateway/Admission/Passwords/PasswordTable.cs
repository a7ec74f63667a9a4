using System.Collections.Frozen;
using System.Security.Cryptography;

namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>One reading of a password file; does not change.</summary>
public sealed class PasswordTable
{
    private readonly FrozenDictionary<string, PasswordRecord> _records;
    private readonly PasswordHash? _firstSha256;
    private readonly PasswordHash? _firstSha512;

    private PasswordTable(Dictionary<string, PasswordRecord> records)
    {
        _records = records.ToFrozenDictionary(StringComparer.Ordinal);
        Decoy = records.Values.FirstOrDefault()?.Hash.Decoy() ?? PasswordHash.DefaultDecoy();
        _firstSha256 = records.Values.FirstOrDefault(record => record.Hash.IsScram(HashAlgorithmName.SHA256))?.Hash;
        _firstSha512 = records.Values.FirstOrDefault(record => record.Hash.IsScram(HashAlgorithmName.SHA512))?.Hash;
    }

    public int Count => _records.Count;

    /// <summary>Checked for unknown users, so that their answer takes as long as the first user's.</summary>
    internal PasswordHash Decoy { get; }

    /// <summary>The first user's hash that SCRAM can use; null when there is none.</summary>
    internal PasswordHash? FirstScram(HashAlgorithmName algorithm) => algorithm == HashAlgorithmName.SHA512 ? _firstSha512 : _firstSha256;

    internal PasswordRecord? Find(string userName) => _records.GetValueOrDefault(userName);

    /// <exception cref="AdmissionFileException">The file cannot be read, or a line is wrong.</exception>
    public static PasswordTable Load(string path)
    {
        string[] lines = AdmissionFile.ReadLines(path);
        var records = new Dictionary<string, PasswordRecord>(StringComparer.Ordinal);
        for (int i = 0; i < lines.Length; i++)
        {
            if (AdmissionFile.IsBlank(lines[i]))
                continue;
            var record = PasswordRecord.Parse(path, i + 1, lines[i]);
            if (!records.TryAdd(record.UserName, record))
                throw new AdmissionFileException(path, i + 1, $"the user {record.UserName} stands in the file twice.");
        }
        return new(records);
    }
}
