using OrleansBroker.Api.Frame.Access;
using OrleansBroker.Gateway.Admission;

namespace OrleansBroker.Silo.ApiKeys;

/// <summary>The file of API keys as last read. One caller at a time reloads; everybody reads.</summary>
internal sealed class ApiKeyFile : IApiKeys, IReloadedFile
{
    private FileStamp _stamp;
    private volatile ApiKeyTable _current;

    private ApiKeyFile(string path, FileStamp stamp, ApiKeyTable current)
    {
        Path = path;
        _stamp = stamp;
        _current = current;
    }

    public string Path { get; }

    public ApiKeyTable Current => _current;

    public string Content => $"{_current.Count} API keys";

    /// <exception cref="AdmissionFileException">The file cannot be read, or a line is wrong.</exception>
    public static ApiKeyFile Open(string path)
    {
        var stamp = FileStamp.Of(path);
        return new(path, stamp, Load(path));
    }

    public bool ReloadIfChanged()
    {
        // Before the content: what changes while it is read is read again next time.
        var stamp = FileStamp.Of(Path);
        if (stamp == _stamp)
            return false;
        _stamp = stamp;
        _current = Load(Path);
        return true;
    }

    /// <summary>The records among some lines of a file.</summary>
    /// <exception cref="AdmissionFileException">A line is wrong, or they are too many.</exception>
    public static IReadOnlyList<ApiKeyRecord> Parse(string path, IReadOnlyList<string> lines)
    {
        var records = new List<ApiKeyRecord>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < lines.Count; i++)
        {
            if (AdmissionFile.IsBlank(lines[i]))
                continue;
            var record = ApiKeyRecord.Parse(lines[i], out string reason) ?? throw new AdmissionFileException(path, i + 1, reason);
            if (!names.Add(record.Name))
                throw new AdmissionFileException(path, i + 1, $"the key {record.Name} stands in the file twice.");
            records.Add(record);
        }
        return records.Count <= ApiKeyTable.MaxKeys ? records : throw new AdmissionFileException($"{path}: {records.Count} keys are more than {ApiKeyTable.MaxKeys}.");
    }

    private static ApiKeyTable Load(string path) => new(Parse(path, AdmissionFile.ReadLines(path)));
}
