using System.Collections.Frozen;

namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>One reading of a password file; does not change.</summary>
public sealed class PasswordTable
{
    private readonly FrozenDictionary<string, PasswordRecord> _records;

    private PasswordTable(Dictionary<string, PasswordRecord> records)
    {
        _records = records.ToFrozenDictionary(StringComparer.Ordinal);
        Decoy = records.Values.FirstOrDefault()?.Hash.Decoy() ?? PasswordHash.DefaultDecoy();
    }

    public int Count => _records.Count;

    /// <summary>Checked for unknown users, so that their answer takes as long as the first user's.</summary>
    internal PasswordHash Decoy { get; }

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
