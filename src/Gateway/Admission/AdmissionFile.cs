using System.Text;

namespace OrleansBroker.Gateway.Admission;

/// <summary>Reads the text files of admission: UTF-8, bounded.</summary>
internal static class AdmissionFile
{
    // A million users of 200 bytes each, and room.
    internal const long MaxBytes = 256L * 1024 * 1024;

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
}
