namespace OrleansBroker.Silo.Tests.Documentation;

public sealed class ConfigurationDocumentTests
{
    private const string Begin = "<!-- The tables are written by the tests: UPDATE_DOCS=1 dotnet test --project tests/Silo.Tests -->\n";
    private const string End = "<!-- End of the tables -->\n";

    [Fact]
    public void Document_Tables_AreThoseOfTheOptions()
    {
        string path = RepositoryRoot.PathOf("docs", "configuration.md");
        string document = File.ReadAllText(path);
        int begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = document.IndexOf(End, StringComparison.Ordinal);
        Assert.InRange(begin, Begin.Length, end);

        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, document[..begin] + ConfigurationTables.Format() + document[end..]);
        else
            Assert.Equal(ConfigurationTables.Format(), document[begin..end]);
    }
}
