namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>Tells one version of a file from another without reading it. A link's target counts, for secrets are mounted as links.</summary>
/// <param name="Length">-1 when the file is not there.</param>
internal readonly record struct FileStamp(string Target, DateTime WrittenUtc, long Length)
{
    private static readonly FileStamp Absent = new("", default, -1);

    public static FileStamp Of(string path)
    {
        try
        {
            var target = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            return new(target.FullName, target.LastWriteTimeUtc, target.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Absent;
        }
    }
}
