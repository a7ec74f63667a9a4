using System.Text.RegularExpressions;
using OrleansBroker.TestKit;

namespace OrleansBroker.Tidy.Tests;

/// <summary>What the documents name is there.</summary>
public sealed partial class DocumentTests
{
    private static IEnumerable<SourceFile> Documents => SourceFile.All.Where(file => file.IsDocument);

    [Fact]
    public void Links_ToFiles_Resolve() =>
        Findings.AssertNone(
            from file in Documents
            from Match match in Link().Matches(file.Text)
            let target = match.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            let parts = target.Split('#', 2)
            let path = parts[0].Length == 0 ? file.Path : Resolve(file, parts[0])
            where !Exists(path) || (parts.Length == 2 && path.EndsWith(".md", StringComparison.Ordinal) && !Headings(path).Contains(parts[1]))
            select $"{file.Path}: {target}");

    [Fact]
    public void Paths_InBackticks_Exist() =>
        Findings.AssertNone(
            from file in Documents
            from Match match in RepositoryPath().Matches(file.Text)
            let path = match.Groups[1].Value.TrimEnd('/')
            where !Exists(path)
            select $"{file.Path}: {path}");

    [Fact]
    public void Decisions_ByFileName_AreNumberedWithoutRepeat()
    {
        var names = SourceFile.Under("docs/adr").Select(file => file.Name).Where(name => char.IsDigit(name[0])).ToList();
        Assert.All(names, name => Assert.Matches(@"^\d{4}-[a-z0-9-]+\.md$", name));
        Assert.Equal(names.Count, names.Select(name => name[..4]).Distinct().Count());
    }

    private static bool Exists(string path) =>
        File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path));

    private static string Resolve(SourceFile from, string target) =>
        Path.GetRelativePath(
            Repository.Root,
            Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.PathOf(from.Path))!, target)));

    private static IEnumerable<string> Headings(string path) =>
        from line in File.ReadLines(Repository.PathOf(path))
        where line.StartsWith('#')
        select NotInAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\[[^]]*\]\(<?([^)>\s]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    // A path of ours, to a file or a folder, without placeholders.
    [GeneratedRegex(@"`((?:src|tests|docs|bench|infra)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
