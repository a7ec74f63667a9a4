using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using OrleansBroker.TestKit;

namespace OrleansBroker.Tidy.Tests;

/// <summary>Which project may use which: as the project files say it and as the assemblies do it.</summary>
public sealed class ProjectDirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Mqtt"] = [],
        ["Broker"] = ["Mqtt"],
        ["Storage"] = [],
        ["Clustering"] = [],
        ["Grains.Abstractions"] = ["Broker", "Mqtt"],
        ["Grains"] = ["Grains.Abstractions", "Broker", "Storage", "Mqtt"],
        ["Gateway"] = ["Grains.Abstractions", "Broker", "Mqtt"],
        ["Api"] = ["Grains.Abstractions", "Mqtt"],
        ["Silo"] = ["Grains", "Grains.Abstractions", "Storage", "Clustering", "Gateway", "Api", "Broker", "Mqtt"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Fact]
    public void Sources_AllFolders_AreKnownProjects() =>
        Assert.Equal(
            Allowed.Keys.Order(),
            Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
                .Select(path => Path.GetFileNameWithoutExtension(path))
                .Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_OfAProject_FollowTheDirection(string project)
    {
        var references = Xml(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Findings.AssertNone(references.Except(Allowed[project]).Select(reference => $"{project} -> {reference}"));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void AssemblyReferences_OfAProject_FollowTheDirection(string project)
    {
        const string Prefix = "OrleansBroker.";
        var references = ReferencedAssemblies(project)
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..]);
        Findings.AssertNone(references.Except(Allowed[project]).Select(reference => $"{project} -> {reference}"));
    }

    [Theory]
    [InlineData("Mqtt")]
    [InlineData("Broker")]
    [InlineData("Storage")]
    public void OrleansAndAspNetCore_InThePureProjects_AreAbsent(string project)
    {
        string[] foreign = ["Orleans.", "Microsoft.Orleans.", "Microsoft.AspNetCore."];
        var names = ReferencedAssemblies(project)
            .Concat(Xml(project).Descendants("PackageReference").Select(package => package.Attribute("Include")!.Value));
        Findings.AssertNone(names.Where(name => foreign.Any(start => name.StartsWith(start, StringComparison.Ordinal))));
    }

    [Fact]
    public void Mqtt_UsesNothingButTheFramework() =>
        Findings.AssertNone(ReferencedAssemblies("Mqtt").Where(name => !name.StartsWith("System.", StringComparison.Ordinal)));

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    public void Projects_InTheFolder_AreInTheSolution(string folder)
    {
        var solution = File.ReadAllText(Repository.PathOf("OrleansBroker.sln")).Replace('\\', '/');
        Findings.AssertNone(ProjectFiles(folder).Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    public void Projects_InTheFolder_HaveALockFile(string folder) =>
        Findings.AssertNone(ProjectFiles(folder).Where(path =>
            !File.Exists(Repository.PathOf(Path.GetDirectoryName(path)!, "packages.lock.json"))));

    private static IEnumerable<string> ProjectFiles(string folder) =>
        SourceFile.Under(folder).Select(file => file.Path).Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    private static XDocument Xml(string project) => XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj"));

    private static IReadOnlyList<string> ReferencedAssemblies(string project)
    {
        // The program's folder holds all assemblies: artifacts/bin/Silo/<configuration>/.
        var folder = Path.GetDirectoryName(BrokerProcess.ProgramPath())!;
        var name = project == "Silo" ? "orleans-broker.dll" : $"OrleansBroker.{project}.dll";
        using var stream = File.OpenRead(Path.Combine(folder, name));
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
