using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>A validator takes the document.</summary>
public sealed class RedoclyTests
{
    private static readonly string Document = Repository.PathOf("docs", "rest", "openapi.json");

    [Fact]
    public async Task Redocly_OfTheDocument_HasNoErrorAndNoWarning()
    {
        var lint = await NodeTools.RunAsync("redocly", "lint", Document, "--format", "stylish", "--config", "redocly.yaml");

        // recommended-strict: a warning is an error.
        Assert.True(lint.ExitCode == 0, lint.Output + lint.Errors);
    }
}
