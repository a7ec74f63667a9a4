using System.Text;

namespace OrleansBroker.Gateway.Admission.Passwords;

/// <summary>Changes one user of a password file. The file is replaced as a whole, so that a reader, or a machine that fails, sees the old or the new one.
/// Two writers at a time: the second is refused.</summary>
public static class PasswordFileWriter
{
    // As every file of secrets: for its owner only.
    private const UnixFileMode NewFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Adds the user or replaces the hash; makes the file when it is not there.</summary>
    /// <returns>Whether the user is new.</returns>
    /// <exception cref="AdmissionFileException">The file, or its folder, cannot be used.</exception>
    public static bool Set(string path, PasswordRecord record) => Rewrite(path, record.UserName, record);

    /// <summary>Removes the user.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="AdmissionFileException">The file cannot be used.</exception>
    public static bool Remove(string path, string userName) => Rewrite(path, userName, replacement: null);

    // True when the number of users changed.
    private static bool Rewrite(string path, string userName, PasswordRecord? replacement)
    {
        try
        {
            string target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            string next = target + ".new";
            // The open file is the lock: it is not shared.
            using var file = new FileStream(next, Exclusive(target));
            try
            {
                var lines = File.Exists(target) || replacement is null ? AdmissionFile.ReadLines(target).ToList() : [];
                bool found = Replace(lines, target, userName, replacement);
                file.SetLength(0);
                file.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
                file.Flush(flushToDisk: true);
                File.Move(next, target, overwrite: true);
                return replacement is null ? found : !found;
            }
            catch
            {
                File.Delete(next);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AdmissionFileException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    // Comments and order stay; whatever stands in the file must be a password file.
    private static bool Replace(List<string> lines, string path, string userName, PasswordRecord? replacement)
    {
        while (lines.Count > 0 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        int at = -1;
        for (int i = 0; i < lines.Count; i++)
        {
            if (!AdmissionFile.IsBlank(lines[i]) && PasswordRecord.Parse(path, i + 1, lines[i]).UserName == userName)
                at = i;
        }
        if (at >= 0)
            lines.RemoveAt(at);
        if (replacement is not null)
            lines.Insert(at >= 0 ? at : lines.Count, replacement.ToString());
        lines.Add(""); // The last line ends too.
        return at >= 0;
    }

    private static FileStreamOptions Exclusive(string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (OperatingSystem.IsWindows())
            options.Share = FileShare.Delete; // Windows moves an open file only if it says so; it still excludes readers and writers.
        else
            options.UnixCreateMode = File.Exists(target) ? File.GetUnixFileMode(target) : NewFileMode;
        return options;
    }
}
