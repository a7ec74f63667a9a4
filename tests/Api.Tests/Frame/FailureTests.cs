using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using OrleansBroker.Api.Frame;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Frame;

/// <summary>Whatever goes wrong is a problem of the catalogue, and tells nothing of the inside.</summary>
public sealed class FailureTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("", "invalid-body", "body is needed")]
    [InlineData("{", "invalid-body", "$")]
    [InlineData("[]", "invalid-body", "$")]
    [InlineData("null", "invalid-body", "")]
    [InlineData("""{"name":"a"}""", "invalid-body", "count")]
    [InlineData("""{"name":"a","count":"1"}""", "invalid-body", "$.count")]
    [InlineData("""{"name":null,"count":1}""", "invalid-body", "$.name")]
    [InlineData("""{"name":"a","count":1,"more":1}""", "invalid-body", "$.more")]
    [InlineData("""{"name":"a","name":"b","count":1}""", "invalid-body", "$.name")]
    [InlineData("""{"name":"a","count":1,"day":5}""", "invalid-body", "$.day")]
    [InlineData("""{"name":"a","count":1,"at":"2026"}""", "invalid-body", "$.at")]
    [InlineData("""{"name":"a","count":99999999999}""", "invalid-body", "$.count")]
    [InlineData("""{"name":"a","count":1,"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{"in":{}}}}}}}}}}}}}}}}}}""", "invalid-body", "$")]
    public async Task Body_ThatDoesNotFit_IsExplainedByItsPlace(string json, string code, string detail)
    {
        await using var host = await StartAsync();

        var answer = await host.Api.PostAsync("/api/v1/body", json);

        Assert.Equal((400, code), (answer.Status, answer.Code));
        Assert.Contains(detail, (string?)answer.Json["detail"], StringComparison.Ordinal);
        Assert.DoesNotContain("System.", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("OrleansBroker", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatFits_IsTaken()
    {
        await using var host = await StartAsync();

        var answer = await host.Api.PostAsync("/api/v1/body", """{"name":"é😀","count":1,"day":"friday","at":"2026-01-31T13:00:00.5+01:00"}""");

        Assert.Equal(200, answer.Status);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"name":"é😀","count":1,"day":"friday","at":"2026-01-31T12:00:00.500Z"}"""), answer.Json), answer.Body);
        Assert.Equal(("nosniff", "no-store"), (answer.Headers["X-Content-Type-Options"], answer.Headers["Cache-Control"]));
    }

    [Theory]
    [InlineData("text/plain", "{}", 415, "unsupported-media-type")]
    [InlineData("application/x-www-form-urlencoded", "name=a", 415, "unsupported-media-type")]
    [InlineData("multipart/form-data; boundary=x", "--x--", 415, "unsupported-media-type")]
    [InlineData("application/json", "\"{long}\"", 413, "body-too-large")]
    public async Task Body_OfAnotherTypeOrTooLong_IsRefused(string type, string body, int status, string code)
    {
        await using var host = await StartAsync();

        var answer = await host.Api.SendAsync(HttpMethod.Post, "/api/v1/body", body.Replace("{long}", new string('a', 2000), StringComparison.Ordinal),
            prepare: request => request.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type));
        Assert.Equal((status, code), (answer.Status, answer.Code));

        var chunked = await host.Api.SendAsync(HttpMethod.Post, "/api/v1/body", body.Replace("{long}", new string('a', 2000), StringComparison.Ordinal), prepare: request =>
        {
            request.Content!.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
            request.Headers.TransferEncodingChunked = true;
        });
        Assert.Equal((status, code), (chunked.Status, chunked.Code));
    }

    [Fact]
    public async Task Method_ThatThePathDoesNotHave_NamesThoseThatItHas()
    {
        await using var host = await StartAsync();

        var answer = await host.Api.DeleteAsync("/api/v1/body");

        Assert.Equal((405, "method-not-allowed", "POST"), (answer.Status, answer.Code, answer.Headers["Allow"]));
    }

    [Theory]
    [InlineData("timeout", 503, "unavailable")]
    [InlineData("orleans", 503, "unavailable")]
    [InlineData("fault", 500, "internal-error")]
    public async Task Exception_OfAnEndpoint_IsAProblemWithoutItsText(string kind, int status, string code)
    {
        await using var host = await StartAsync();

        var answer = await host.Api.GetAsync($"/api/v1/throw/{kind}");

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.DoesNotContain("hunter2", answer.Body, StringComparison.Ordinal);
        Assert.Equal(status == 503, answer.Headers.ContainsKey("Retry-After") && (int?)answer.Json["retryAfter"] > 0);
    }

    [Fact]
    public async Task Request_OneMoreThanRunAtOnce_IsRefusedUntilOneEnds()
    {
        var gate = new TaskCompletionSource();
        var entered = new SemaphoreSlim(0);
        await using var host = await FrameHost.StartAsync(
            api =>
            {
                api.MapGet("/wait", async () =>
                {
                    entered.Release();
                    await gate.Task;
                }).RequireRole(ApiRole.Read);
                api.MapGet("/feed", static () => TypedResults.Ok()).RequireRole(ApiRole.Read).GoesOn();
            },
            options: new("1", MaxRequests: 2, Limit));
        Task<ApiAnswer>[] running = [host.Api.GetAsync("/api/v1/wait"), host.Api.GetAsync("/api/v1/wait")];
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        await entered.WaitAsync(TestContext.Current.CancellationToken);

        var refused = await host.Api.GetAsync("/api/v1/wait");
        Assert.Equal((429, "too-many-requests", "1"), (refused.Status, refused.Code, refused.Headers["Retry-After"]));
        Assert.Equal(200, (await host.Api.GetAsync("/api/v1/feed")).Status);

        gate.SetResult();
        Assert.All(await Task.WhenAll(running), static answer => Assert.Equal(200, answer.Status));
        Assert.Equal(200, (await host.Api.GetAsync("/api/v1/wait")).Status);
    }

    [Fact]
    public async Task Request_LongerThanItsTime_IsEnded()
    {
        var time = new FakeTimeProvider();
        var entered = new TaskCompletionSource();
        await using var host = await FrameHost.StartAsync(
            api => api.MapGet("/wait", async (CancellationToken cancellation) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            }).RequireRole(ApiRole.Read),
            options: new("1", MaxRequests: 1, Limit),
            time: time);

        var answer = host.Api.GetAsync("/api/v1/wait");
        await entered.Task;
        time.Advance(Limit);

        Assert.Equal((504, "timed-out"), ((await answer).Status, (await answer).Code));
    }

    [Theory]
    [InlineData("GET /api/v1/echo/a b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET http://localhost/api/v1/throw/a%2Fb HTTP/1.1\r\nHost: localhost\r\n\r\n", 200)]
    [InlineData("GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 404)]
    [InlineData("GET /api/v1/throw/x HTTP/1.1\r\n\r\n", 400)]
    [InlineData("POST /api/v1/body HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n", 413)]
    public async Task Request_FromTheWire_IsAnsweredWithoutAFault(string request, int status)
    {
        await using var host = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Api.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);

        var head = new byte[12];
        await stream.ReadExactlyAsync(head, TestContext.Current.CancellationToken);

        Assert.Equal($"HTTP/1.1 {status}", Encoding.ASCII.GetString(head));
    }

    [Fact]
    public void Catalogue_OfProblems_IsThatOfItsPage()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "rest", "problems.md"));
        var rows = ApiProblem.All.Select(static problem => $"| `{problem.Code}` | {problem.Status} | {problem.Title} | {problem.Meaning} |");
        const string Begin = "<!-- Written by the tests: UPDATE_DOCS=1 -->\n";
        int at = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        string table = $"\n| code | status | title | when |\n|---|---|---|---|\n{string.Join('\n', rows)}\n";

        Assert.True(at >= Begin.Length);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(Repository.PathOf("docs", "rest", "problems.md"), page[..at] + table);
        else
            Assert.Equal(table, page[at..]);
        Assert.Equal(ApiProblem.All.Count, ApiProblem.All.Select(static problem => problem.Code).Distinct().Count());
        Assert.All(ApiProblem.All, static problem => Assert.Matches("^[a-z]+(-[a-z]+)*$", problem.Code));
    }

    private static Task<FrameHost> StartAsync() => FrameHost.StartAsync(static api =>
    {
        api.MapPost("/body", static (Body body) => TypedResults.Ok(body)).RequireRole(ApiRole.Admin);
        api.MapGet("/throw/{kind}", static IResult (PathText kind) => kind.Text switch
        {
            "timeout" => throw new TimeoutException("hunter2"),
            "orleans" => throw new OrleansMessageRejection(),
            "fault" => throw new InvalidOperationException("hunter2"),
            _ => TypedResults.Ok(),
        }).RequireRole(ApiRole.Read);
    });

    internal sealed record Body(string Name, int Count, DayOfWeek? Day = null, DateTimeOffset? At = null, System.Text.Json.JsonElement? In = null);

    private sealed class OrleansMessageRejection() : Orleans.Runtime.OrleansException("hunter2");
}
