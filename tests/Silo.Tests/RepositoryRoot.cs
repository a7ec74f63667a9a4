namespace OrleansBroker.Silo.Tests;

/// <summary>The folder of the sources, found from where the tests run.</summary>
internal static class RepositoryRoot
{
    public static string PathOf(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansBroker.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return Path.Combine([folder.FullName, .. parts]);
    }
}
