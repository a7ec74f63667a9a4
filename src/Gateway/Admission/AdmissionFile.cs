using System.Text;

namespace OrleansBroker.Gateway.Admission;

/// <summary>The text files of admission: UTF-8, bounded, one entry a line.</summary>
public static class AdmissionFile
{
    // A million users of 200 bytes each, and room.
    internal const long MaxBytes = 256L * 1024 * 1024;

    // As every file of secrets: for its owner only.
    private const UnixFileMode NewFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines, without their ends.</summary>
    /// <exception cref="AdmissionFileException">Not there, not readable, too large, not UTF-8.</exception>
    public static string[] ReadLines(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxBytes)
                throw new AdmissionFileException($"{path}: {file.Length} bytes are more than the {MaxBytes} that are read.");
            using var reader = new StreamReader(file, Strict);
            return reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n');
        }
        catch (DecoderFallbackException e)
        {
            throw new AdmissionFileException($"{path}: is not UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new AdmissionFileException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>True for an empty line and for a comment: a line that begins with '#' and a space, or is '#' alone.</summary>
    public static bool IsBlank(string line) => string.IsNullOrWhiteSpace(line) || line.StartsWith("# ", StringComparison.Ordinal) || line.TrimEnd() == "#";

    /// <summary>Changes the lines. The file is replaced as a whole, so that a reader, or a machine that fails, sees the old or the new one. Two writers at a time: the
    /// second is refused.</summary>
    /// <param name="mayBeMissing">Whether a file that is not there is an empty one.</param>
    /// <param name="change">Gets the lines, without empty ones at the end; when it throws, the file stays as it was.</param>
    /// <exception cref="AdmissionFileException">The file, or its folder, cannot be used.</exception>
    public static void Rewrite(string path, bool mayBeMissing, Action<List<string>> change)
    {
        try
        {
            string target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            string next = target + ".new";
            // The open file is the lock: it is not shared.
            using var file = new FileStream(next, Exclusive(target));
            try
            {
                var lines = File.Exists(target) || !mayBeMissing ? ReadLines(target).ToList() : [];
                while (lines.Count > 0 && lines[^1].Length == 0)
                    lines.RemoveAt(lines.Count - 1);
                change(lines);
                file.SetLength(0);
                file.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + '\n'))));
                file.Flush(flushToDisk: true);
                File.Move(next, target, overwrite: true);
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
