namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>The password file as last read. One caller at a time reloads; everybody reads.</summary>
public sealed class PasswordFile : IReloadedFile
{
    private readonly string _path;
    private FileStamp _stamp;
    private volatile PasswordTable _current;

    private PasswordFile(string path, FileStamp stamp, PasswordTable current)
    {
        _path = path;
        _stamp = stamp;
        _current = current;
    }

    public string Path => _path;

    public PasswordTable Current => _current;

    public string Content => $"{_current.Count} users";

    /// <exception cref="AdmissionFileException">The file cannot be read, or a line is wrong.</exception>
    public static PasswordFile Open(string path)
    {
        var stamp = FileStamp.Of(path);
        return new(path, stamp, PasswordTable.Load(path));
    }

    /// <inheritdoc/>
    public bool ReloadIfChanged()
    {
        // Before the content: what changes while it is read is read again next time.
        var stamp = FileStamp.Of(_path);
        if (stamp == _stamp)
            return false;
        _stamp = stamp;
        _current = PasswordTable.Load(_path);
        return true;
    }
}
