using System.Text.RegularExpressions;

namespace OrleansBroker.Tidy.Tests;

/// <summary>The house rules that a program can see.</summary>
public sealed partial class CodeTests
{
    private const int MaxLines = 600;
    private const int MaxMedianLines = 100;

    private static readonly string[] BannedWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Common", "Base", "Impl"];

    private static readonly string[] Folders = ["src", "tests", "bench"];

    [Fact]
    public void Files_OfCode_AreNotLong() =>
        Findings.AssertNone(Code()
            .Where(file => file.Lines.Count > MaxLines)
            .Select(file => $"{file.Path}: {file.Lines.Count} lines, at most {MaxLines}"));

    [Fact]
    public void Files_OfTheSources_AreShortInTheMiddle()
    {
        var counts = SourceFile.Under("src").Where(file => file.IsCode).Select(file => file.Lines.Count).Order().ToList();
        Assert.InRange(counts[counts.Count / 2], 1, MaxMedianLines);
    }

    [Fact]
    public void Names_OfFilesAndTypes_SaySomething()
    {
        var files = Code().Select(file => (file.Path, Name: file.Name[..file.Name.IndexOf('.', StringComparison.Ordinal)]));
        var types = Code().SelectMany(file => TypeDeclaration().Matches(file.Text).Select(match => (file.Path, Name: match.Groups[1].Value)));
        Findings.AssertNone(files.Concat(types)
            .Where(each => Words().Matches(each.Name).Any(word => BannedWords.Contains(word.Value)))
            .Select(each => $"{each.Path}: {each.Name}")
            .Distinct());
    }

    [Fact]
    public void Code_Everywhere_LeavesNothingOpen() =>
        Findings.AssertNone(Matches(Code(), OpenEnd()));

    [Fact]
    public void Tests_Everywhere_AreNotSwitchedOffAndDoNotSleep() =>
        Findings.AssertNone(Matches(Code().Where(file => file.IsIn("tests") && !file.IsIn("tests/Tidy.Tests")), SwitchedOff()));

    [Fact]
    public void Tests_ByName_SayMemberCircumstanceAndOutcome() =>
        Findings.AssertNone(Code()
            .Where(file => file.IsIn("tests"))
            .SelectMany(file => TestMethod().Matches(file.Text).Select(match => (file.Path, Name: match.Groups[1].Value)))
            .Where(test => !TestName().IsMatch(test.Name))
            .Select(test => $"{test.Path}: {test.Name}"));

    [Fact]
    public void Files_OfText_EndWithOneLineEndAndHaveNoCarriageReturn() =>
        Findings.AssertNone(SourceFile.All
            .Where(file => file.Text.Length > 0 && file.Name != "packages.lock.json") // NuGet writes those without a line end
            .Where(file => !file.Text.EndsWith('\n') || file.Text.EndsWith("\n\n", StringComparison.Ordinal) || file.Text.Contains('\r'))
            .Select(file => file.Path));

    [Fact]
    public void Files_OfText_NameNoMachineAndNoRegistry() =>
        Findings.AssertNone(Matches(SourceFile.All.Where(file => !file.IsIn("tests/Tidy.Tests")), MachineOrRegistry()));

    private static IEnumerable<SourceFile> Code() => SourceFile.Under(Folders).Where(file => file.IsCode);

    private static IEnumerable<string> Matches(IEnumerable<SourceFile> files, Regex pattern) =>
        from file in files
        from line in file.Lines.Select((text, index) => (Text: text, Number: index + 1))
        where pattern.IsMatch(line.Text)
        select $"{file.Path}:{line.Number}: {line.Text.Trim()}";

    [GeneratedRegex(@"(?m)^\s*(?:(?:public|internal|private|protected|file|static|sealed|abstract|partial|readonly|ref)\s+)*(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?)\s+(\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Words();

    // Cut in two, so that this line is not found.
    [GeneratedRegex(@"\b(?:TO" + "DO|FIX" + "ME|HA" + "CK|XX" + "X|NotImplemented" + @"Exception)\b")]
    private static partial Regex OpenEnd();

    [GeneratedRegex(@"\b(?:Fact|Theory)\s*\([^)]*\bSkip\s*=|\bThread\.Sleep\b")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"\[(?:Fact|Theory)\b[^]]*\](?:\s|\[(?:[^][]|\[[^]]*\])*\]|//[^\n]*\n)*public\s+(?:async\s+)?[\w<>]+\s+(\w+)")]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9]*(?:_[A-Z0-9][A-Za-z0-9]*){1,3}$")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b(?:registry|api|deb|proxy)\.[a-z]+\.(?:org|net|com|io)\b|(?<![\w.~-])/(?:work|root|tmp/wt)/|/home/[a-z]+/")]
    private static partial Regex MachineOrRegistry();
}
