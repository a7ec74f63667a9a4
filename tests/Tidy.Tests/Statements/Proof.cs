using System.Text.RegularExpressions;

namespace OrleansBroker.Tidy.Tests.Statements;

/// <summary>A test, or a class of tests, that names the statement which it proves by <c>[Spec("…")]</c>.</summary>
internal sealed partial record Proof(string Statement, string Test)
{
    private static readonly Lazy<ILookup<string, Proof>> Found = new(() => SourceFile.Under("tests")
        .Where(file => file.IsCode && !file.IsIn("tests/Tidy.Tests"))
        .SelectMany(In)
        .OrderBy(proof => proof.Test, StringComparer.Ordinal)
        .ToLookup(proof => proof.Statement));

    public static ILookup<string, Proof> All => Found.Value;

    /// <summary>Attributes wait until the declaration that they belong to.</summary>
    private static IEnumerable<Proof> In(SourceFile file)
    {
        var project = file.Path.Split('/')[1].Replace(".Tests", "", StringComparison.Ordinal);
        var prefix = project == "Conformance" ? "" : $"{project}/";
        var type = "";
        var waiting = new List<string>();
        foreach (var line in file.Lines)
        {
            if (Trait().Match(line) is { Success: true } trait)
                waiting.Add(trait.Groups[1].Value);
            var declared = Type().Match(line);
            if (declared.Success)
                type = declared.Groups[1].Value;
            var name = declared.Success ? type : Method().Match(line) is { Success: true } method ? $"{type}.{method.Groups[1].Value}" : null;
            if (name is null)
                continue;
            foreach (var statement in waiting)
                yield return new Proof(statement, prefix + name);
            waiting.Clear();
        }

        Assert.True(waiting.Count == 0, $"{file.Path}: a trait stands in front of nothing");
    }

    [GeneratedRegex("""^\s*\[Spec\("([^"]*)"\)\]""")]
    private static partial Regex Trait();

    [GeneratedRegex(@"^(?:public|internal) (?:\w+ )*class (\w+)")]
    private static partial Regex Type();

    [GeneratedRegex(@"^    public (?:async )?(?:void|Task|ValueTask) (\w+)\(")]
    private static partial Regex Method();
}
