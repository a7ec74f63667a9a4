using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary><c>docs/spec/statements.md</c>: each statement with the code that keeps it and the tests that prove it.</summary>
internal static partial class StatementTable
{
    private static readonly (string Version, string Title)[] Versions = [("MQTT5", "MQTT 5.0"), ("MQTT311", "MQTT 3.1.1")];

    private static readonly Dictionary<string, string> Chapters = new()
    {
        ["1"] = "data representation",
        ["2"] = "packet format",
        ["3"] = "control packets",
        ["4"] = "operational behavior",
        ["6"] = "WebSocket",
        ["7"] = "conformance",
    };

    public static string Format()
    {
        var text = new StringBuilder();
        text.Append("""
            # Statements of the standard

            Every numbered statement of MQTT 5.0 and 3.1.1 in our own words, whom it binds, the code that keeps it and the tests that prove it. The numbers of the versions differ.

            | status | means |
            |---|---|
            | proved | binds the server, or both: it is kept in code and proved by a test |
            | client | binds the client only; where a broken one concerns the broker, its reaction is named |
            | informative | says nothing that a program can keep or break |

            A test without a project in front is one of `tests/Conformance.Tests`. This file is written by the tests: `UPDATE_DOCS=1 dotnet test --project tests/Tidy.Tests`.

            | | statements | bind the server | proved | client | informative |
            |---|---|---|---|---|---|

            """);
        foreach (var (version, title) in Versions)
            AppendTotals(text, title, [.. Statement.All.Where(statement => statement.Version == version)]);
        foreach (var (version, title) in Versions)
        {
            foreach (var chapter in Statement.All.Where(statement => statement.Version == version).GroupBy(statement => statement.Chapter))
                AppendChapter(text, $"{title}, chapter {chapter.Key}: {Chapters[chapter.Key]}", chapter);
        }

        return text.ToString();
    }

    /// <summary>The table without what an unrelated change of a source file moves.</summary>
    public static string WithoutLines(string table) => LineNumber().Replace(table, "");

    /// <summary>The numbers that <see cref="WithoutLines"/> leaves out, in their order.</summary>
    public static IReadOnlyList<int> LinesOf(string table) =>
        [.. LineNumber().Matches(table).Select(match => int.Parse(match.ValueSpan[^match.Groups[1].Length..], CultureInfo.InvariantCulture))];

    /// <summary>Proved needs code and test: <see cref="StatementTests"/> fails for a statement that lacks one.</summary>
    private static string StatusOf(Statement statement) => statement switch
    {
        { BindsServer: false } => statement.Binds,
        _ when Citation.OfCode.Contains(statement.Identifier) && Proof.All.Contains(statement.Identifier) => "proved",
        _ => "missing",
    };

    private static void AppendTotals(StringBuilder text, string title, IReadOnlyList<Statement> statements)
    {
        var status = statements.Select(StatusOf).CountBy(each => each).ToDictionary();
        text.Append(CultureInfo.InvariantCulture, $"| {title} | {statements.Count} | {statements.Count(statement => statement.BindsServer)} ")
            .Append(CultureInfo.InvariantCulture, $"| {status.GetValueOrDefault("proved")} | {status.GetValueOrDefault("client")} ")
            .Append(CultureInfo.InvariantCulture, $"| {status.GetValueOrDefault("informative")} |\n");
    }

    private static void AppendChapter(StringBuilder text, string title, IEnumerable<Statement> statements)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
        text.Append("| statement | binds | what it says | status | code | tests |\n|---|---|---|---|---|---|\n");
        foreach (var statement in statements)
        {
            var code = string.Join("<br>", Citation.OfCode[statement.Identifier].Select(Link));
            var tests = string.Join("<br>", Proof.All[statement.Identifier].Select(proof => $"`{proof.Test}`").Distinct());
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {statement.Identifier} | {statement.Binds} | {statement.Summary} | {StatusOf(statement)} | {code} | {tests} |\n");
        }
    }

    private static string Link(Citation citation) => $"[{citation.File}:{citation.Line}](../../{citation.Path}#L{citation.Line})";

    [GeneratedRegex(@"(?:(?<=\.cs):|(?<=\.cs)#L)(\d+)")]
    private static partial Regex LineNumber();
}
