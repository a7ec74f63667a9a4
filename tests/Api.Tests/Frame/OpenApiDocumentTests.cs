using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Frame;

public sealed class OpenApiDocumentTests(ApiBroker broker)
{
    private static readonly string Committed = Repository.PathOf("docs", "rest", "openapi.json");

    [Fact]
    public async Task Document_OfTheBroker_IsTheCommittedOne()
    {
        var answer = await broker.Api.GetAsync("/api/v1/openapi.json");

        Assert.Equal((200, "application/json"), (answer.Status, answer.MediaType));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            await File.WriteAllTextAsync(Committed, answer.Body, TestContext.Current.CancellationToken);
        else
            Assert.True(await File.ReadAllTextAsync(Committed, TestContext.Current.CancellationToken) == answer.Body, "docs/rest/openapi.json is old: run this test with UPDATE_DOCS=1");
    }

    [Fact]
    public async Task Index_OfTheBroker_SaysWhereToGoOn()
    {
        var index = (await broker.Api.GetAsync("/api/v1")).Json;

        Assert.Matches(@"^\d+\.\d+\.\d+", (string?)index["version"]);
        foreach (var link in index["links"]!.AsObject())
            Assert.Equal(200, (await broker.Api.GetAsync((string)link.Value!)).Status);
    }
}
