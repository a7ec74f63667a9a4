using System.Text.RegularExpressions;

namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary>A place of the sources that names a statement, in a comment or as a string.</summary>
internal sealed partial record Citation(string Statement, string Path, int Line)
{
    private static readonly Lazy<ILookup<string, Citation>> First = new(() => In(SourceFile.Under("src").Where(file => file.IsCode))
        .GroupBy(citation => (citation.Statement, citation.Path), (_, places) => places.First())
        .OrderBy(citation => citation.Path, StringComparer.Ordinal)
        .ToLookup(citation => citation.Statement));

    /// <summary>By statement: the first place of each file of <c>src</c>.</summary>
    public static ILookup<string, Citation> OfCode => First.Value;

    public string File => Path[(Path.LastIndexOf('/') + 1)..];

    public static IEnumerable<Citation> In(IEnumerable<SourceFile> files) =>
        from file in files
        from line in file.Lines.Index()
        from Match match in Identifier().Matches(line.Item)
        select new Citation(match.Value, file.Path, line.Index + 1);

    [GeneratedRegex(@"\bMQTT[0-9]*-\d+\.\d+[\d.]*-\d+")]
    private static partial Regex Identifier();
}
