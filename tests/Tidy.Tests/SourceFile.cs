using OrleansBroker.TestKit;

namespace OrleansBroker.Tidy.Tests;

/// <summary>A text file of the repository; its path is relative to the root, with slashes.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private static readonly string[] SkippedFolders =
        ["artifacts", "bin", "obj", "node_modules", "__pycache__", "data", "Fixtures", ".git", ".vs", ".idea"];

    private static readonly string[] TextEndings =
        [".cs", ".csproj", ".props", ".md", ".txt", ".json", ".yml", ".yaml", ".sh", ".mjs", ".py", ".sql", ".editorconfig", ".npmrc"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> Files = new(() => [.. Read(new DirectoryInfo(Repository.Root), "")]);

    public static IReadOnlyList<SourceFile> All => Files.Value;

    public IReadOnlyList<string> Lines => Text.Split('\n');

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public bool IsCode => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsDocument => Path.EndsWith(".md", StringComparison.Ordinal);

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public static IEnumerable<SourceFile> Under(params string[] folders) => All.Where(file => folders.Any(file.IsIn));

    private static IEnumerable<SourceFile> Read(DirectoryInfo folder, string path)
    {
        foreach (var file in folder.EnumerateFiles())
        {
            if (TextEndings.Contains(file.Extension) || file.Extension.Length == 0)
                yield return new SourceFile(path + file.Name, File.ReadAllText(file.FullName));
        }

        foreach (var inner in folder.EnumerateDirectories().Where(inner => !SkippedFolders.Contains(inner.Name)))
        {
            foreach (var file in Read(inner, $"{path}{inner.Name}/"))
                yield return file;
        }
    }
}
