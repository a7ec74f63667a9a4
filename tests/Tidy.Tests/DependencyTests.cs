using System.Text.RegularExpressions;
using System.Xml.Linq;
using OrleansBroker.TestKit;

namespace OrleansBroker.Tidy.Tests;

/// <summary>The table of dependencies names the packages that there are, in the version that is used.</summary>
public sealed partial class DependencyTests
{
    [Fact]
    public void Table_OfDependencies_IsThatOfTheCentralVersions() => Assert.Equal(Used().Order(), Listed().Select(row => (row.Package, row.Version)).Order());

    [Fact]
    public void Table_OfDependencies_GivesLicenceUseAndReason() =>
        Findings.AssertNone(Listed().Where(row => row.Columns.Any(string.IsNullOrWhiteSpace)).Select(row => row.Package));

    private static IEnumerable<(string Package, string Version)> Used() =>
        from item in XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants()
        where item.Name.LocalName is "PackageVersion" or "GlobalPackageReference"
        select (item.Attribute("Include")!.Value, item.Attribute("Version")!.Value);

    private static IEnumerable<(string Package, string Version, string[] Columns)> Listed() =>
        from line in File.ReadLines(Repository.PathOf("docs", "dependencies.md"))
        let row = Row().Match(line)
        where row.Success
        select (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value.Split('|'));

    // | package | version | licence | used by | why |
    [GeneratedRegex(@"^\| ([\w.-]+) \| (\d[\w.-]*) \|([^|]*\|[^|]*\|[^|]*)\|$")]
    private static partial Regex Row();
}
