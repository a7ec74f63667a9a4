namespace OrleansBroker.TestKit;

/// <summary>Where the sources of the tests are.</summary>
public static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansBroker.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("no OrleansBroker.sln above the test's output");
    }
}
