using System.Text.RegularExpressions;
using OrleansBroker.TestKit;

namespace OrleansBroker.Tidy.Tests;

/// <summary>Every citation of a numbered statement names its version and one that exists.</summary>
public sealed partial class StatementTests
{
    private static readonly string[] Folders = ["src", "tests", "bench", "docs"];

    private static IEnumerable<(string Path, string Statement)> Citations =>
        from file in SourceFile.Under(Folders)
        where file.IsCode || file.IsDocument
        where !file.IsIn("tests/Tidy.Tests")
        from Match match in Citation().Matches(file.Text)
        select (file.Path, match.Value);

    [Theory]
    [InlineData("mqtt5-statements.txt", "MQTT5-")]
    [InlineData("mqtt311-statements.txt", "MQTT311-")]
    public void Statements_InTheList_AreWellFormedAndUnique(string file, string prefix)
    {
        var lines = File.ReadAllLines(Repository.PathOf("docs", "spec", file));
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Matches($"^{prefix}\\d+\\.\\d+\\.\\d+-\\d+$", line));
        Assert.Equal(lines.Length, lines.Distinct().Count());
    }

    [Fact]
    public void Citations_InTheSources_AreThere() =>
        Assert.Contains(Citations, citation => citation.Path.StartsWith("src/", StringComparison.Ordinal));

    [Fact]
    public void Citations_Everywhere_NameAStatementThatExists()
    {
        var known = new[] { "mqtt5-statements.txt", "mqtt311-statements.txt" }
            .SelectMany(file => File.ReadLines(Repository.PathOf("docs", "spec", file)))
            .ToHashSet();
        Findings.AssertNone(Citations
            .Where(citation => !known.Contains(citation.Statement))
            .Select(citation => $"{citation.Path}: {citation.Statement}"));
    }

    [GeneratedRegex(@"\bMQTT[0-9]*-\d+\.\d+[\d.]*-\d+")]
    private static partial Regex Citation();
}
