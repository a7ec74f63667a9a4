using OrleansBroker.TestKit;

namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary>The lists of statements, the citations in the code, the traits of the tests and the table of all agree.</summary>
public sealed class StatementTests
{
    /// <summary>By so much a cited line may have moved before the table must be written anew.</summary>
    private const int AllowedDrift = 40;

    private const int MaxSummaryWords = 14;

    private static readonly string[] Folders = ["src", "tests", "bench", "docs"];

    private static readonly string[] Bindings = ["server", "client", "both", "informative"];

    private static readonly string TablePath = Repository.PathOf("docs", "spec", "statements.md");

    private static HashSet<string> Known => [.. Statement.All.Select(statement => statement.Identifier)];

    [Fact]
    public void Statements_InTheLists_AreWellFormedUniqueAndInOrder()
    {
        Assert.All(Statement.All, statement =>
        {
            Assert.Matches(@"^MQTT(5|311)-\d+\.\d+\.\d+-\d+$", statement.Identifier);
            Assert.Contains(statement.Binds, Bindings);
            Assert.InRange(statement.Summary.Split(' ').Length, 1, MaxSummaryWords);
        });
        foreach (var version in Statement.All.GroupBy(statement => statement.Version))
        {
            var numbers = version.Select(statement => SortKey(statement.Identifier)).ToList();
            Assert.Equal(numbers.Distinct().Order(StringComparer.Ordinal), numbers);
        }
    }

    [Fact]
    public void Citations_Everywhere_NameAStatementThatExists() =>
        Findings.AssertNone(Citation.In(SourceFile.Under(Folders).Where(file => file.IsCode || file.IsDocument))
            .Where(citation => !citation.Path.StartsWith("tests/Tidy.Tests/", StringComparison.Ordinal))
            .Where(citation => !Known.Contains(citation.Statement))
            .Select(citation => $"{citation.Path}:{citation.Line}: {citation.Statement}"));

    [Fact]
    public void Traits_Everywhere_NameAStatementThatExists() =>
        Findings.AssertNone(Proof.All
            .Where(proofs => !Known.Contains(proofs.Key))
            .SelectMany(proofs => proofs.Select(proof => $"{proof.Test}: {proof.Statement}")));

    [Fact]
    public void Statements_ThatBindTheServer_AreCitedInTheCode() => AssertAllThatBindTheServer(Citation.OfCode.Contains);

    [Fact]
    public void Statements_ThatBindTheServer_HaveATest() => AssertAllThatBindTheServer(Proof.All.Contains);

    [Fact]
    public void Table_OfAllStatements_IsThatOfCodeAndTests()
    {
        var table = StatementTable.Format();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(TablePath, table);
        var written = File.ReadAllText(TablePath);
        Assert.Equal(StatementTable.WithoutLines(table), StatementTable.WithoutLines(written));
        Findings.AssertNone(StatementTable.LinesOf(table).Zip(StatementTable.LinesOf(written))
            .Where(lines => Math.Abs(lines.First - lines.Second) > AllowedDrift)
            .Select(lines => $"a citation at line {lines.First} stands in the table at {lines.Second}"));
    }

    private static void AssertAllThatBindTheServer(Func<string, bool> isDone) => Findings.AssertNone(Statement.All
        .Where(statement => statement.BindsServer && !isDone(statement.Identifier))
        .Select(statement => $"{statement.Identifier} is missing"));

    /// <summary>Numbers of two digits at least, so that their text has their order.</summary>
    private static string SortKey(string identifier) =>
        string.Join('.', identifier[(identifier.IndexOf('-', StringComparison.Ordinal) + 1)..].Split('.', '-').Select(number => number.PadLeft(3, '0')));
}
