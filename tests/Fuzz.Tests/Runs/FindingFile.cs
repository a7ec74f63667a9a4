namespace OrleansBroker.Fuzz.Tests.Runs;

/// <summary>A finding on disk, in the form of a corpus file, so that it can be moved there once it is mended.</summary>
internal static class FindingFile
{
    /// <returns>The file.</returns>
    public static string Write(string target, int number, string text, FuzzInput input)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "findings")).FullName;
        var path = Path.Combine(folder, $"{target}-{input.Seed:x16}-{number}.hex");
        var comment = string.Join('\n', text.TrimEnd().Split('\n').Select(line => "# " + line.Trim()));
        File.WriteAllText(path, $"{comment}\nversion {input.Version}\nchoices {input.Seed}\n{Convert.ToHexString(input.Bytes)}\n");
        return path;
    }
}
