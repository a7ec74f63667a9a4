using System.Text.Json.Nodes;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>The judge finds what it is there to find.</summary>
public sealed class AnswerJudgeTests
{
    private static readonly ApiDescription Description = new(JsonNode.Parse(
        """
        { "paths": { "/x": { "get": { "responses": {
            "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Answer" } } } },
            "204": { },
            "400": { "content": { "application/problem+json": { "schema": { "type": "object" } } } } } } } },
          "components": { "schemas": {
            "Answer": { "type": "object", "required": ["name", "cursor"], "properties": {
              "name": { "type": "string", "enum": ["a", "b"] },
              "cursor": { "type": ["null", "string"] },
              "at": { "type": "string", "format": "date-time" },
              "count": { "type": "integer", "minimum": 0 },
              "items": { "type": "array", "items": { "oneOf": [{ "type": "boolean" }, { "$ref": "#/components/schemas/Answer" }] } } } } } } }
        """)!);

    [Theory]
    [InlineData(200, "application/json", """{"name":"a","cursor":null}""")]
    [InlineData(200, "application/json", """{"name":"b","cursor":"c","at":"2026-01-31T12:00:00.000Z","count":0,"items":[true,{"name":"a","cursor":null}]}""")]
    [InlineData(204, null, "")]
    public void Judge_AnswerThatIsDescribed_FindsNothing(int status, string? type, string body) => Assert.Null(Judge(status, type, body, fault: null));

    [Theory]
    [InlineData(500, "application/problem+json", "{}")]
    [InlineData(404, "application/problem+json", "{}")]
    [InlineData(204, "application/json", "{}")]
    [InlineData(200, "text/plain", "{}")]
    [InlineData(200, "application/json", "[]")]
    [InlineData(200, "application/json", """{"name":"a"}""")]
    [InlineData(200, "application/json", """{"name":"c","cursor":null}""")]
    [InlineData(200, "application/json", """{"name":"a","cursor":1}""")]
    [InlineData(200, "application/json", """{"name":"a","cursor":null,"more":1}""")]
    [InlineData(200, "application/json", """{"name":"a","cursor":null,"at":"2026-01-31T12:00:00Z"}""")]
    [InlineData(200, "application/json", """{"name":"a","cursor":null,"count":-1}""")]
    [InlineData(200, "application/json", """{"name":"a","cursor":null,"count":1.5}""")]
    [InlineData(200, "application/json", """{"name":"a","cursor":null,"items":[1]}""")]
    [InlineData(200, "application/json", """{"name":"a","cursor":null,"items":[{"name":"a"}]}""")]
    public void Judge_AnswerThatIsNotDescribed_IsFound(int status, string? type, string body) => Assert.NotNull(Judge(status, type, body, fault: null));

    [Fact]
    public void Judge_FaultThatIsTaken_IsFound()
    {
        Assert.NotNull(Judge(200, "application/json", """{"name":"a","cursor":null}""", fault: "unknown parameter"));
        Assert.Null(Judge(400, "application/problem+json", "{}", fault: "unknown parameter"));
    }

    [Fact]
    public void Generator_OfManySeeds_MakesEveryKindOfFault()
    {
        var description = new ApiDescription(JsonNode.Parse(
            """
            { "paths": { "/x/{id}": { "post": {
                "parameters": [{ "name": "id", "in": "path", "schema": { "type": "string" } }, { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 9 } }],
                "requestBody": { "content": { "application/json": { "schema": { "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } } } } },
                "responses": {} } } } }
            """)!);

        var requests = Enumerable.Range(0, 1000).Select(seed => new RequestGenerator(description, new Random(seed), ["a/b"]).Next()).ToList();

        Assert.Equal(
            ["", "body", "half a body", "media type", "path", "repeated parameter", "unknown parameter", "value of limit"],
            requests.Select(static request => request.Fault ?? "").Distinct().Order(StringComparer.Ordinal));
        Assert.All(requests, static request => Assert.StartsWith("/x/", request.Target, StringComparison.Ordinal));
        Assert.Contains(requests, static request => request.Target.StartsWith("/x/a%2Fb", StringComparison.Ordinal));
    }

    private static string? Judge(int status, string? type, string body, string? fault) =>
        new AnswerJudge(Description).Judge(new(Description.Operations.Single(), "/x", Body: null, "", Header: null, fault), status, type, body);
}
