using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Contract;

/// <summary>Thousands of requests made from the OpenAPI document, valid ones and ones with a fault, to the real broker: no fault of its own, and no answer that the document does not name.</summary>
public sealed class ContractTests
{
    private const int Requests = 6_000;
    private const int AtOnce = 8;

    private static readonly string[] Topics = ["a", "a/b", "plant/7/temperature", "$SYS/broker/version", "é/😀", "/", "+", "#", "plant/+/temperature", "$share/g/plant/#"];

    [Fact]
    public async Task Requests_MadeFromTheDocument_GetWhatItSays()
    {
        // Its own broker, for these requests end sessions and whatever else there is.
        await using var broker = await BrokerProcess.StartAsync();
        using var api = new ApiClient(new($"http://{broker.Ready["http"]}"));
        await using var sessions = await ContractSessions.OpenAsync(broker.Tcp, Topics);
        var description = new ApiDescription((await api.GetAsync("/api/v1/openapi.json")).Json);
        string[] known = [.. Topics, .. sessions.ClientIds];
        var judge = new AnswerJudge(description);
        var findings = new List<string>();
        var statuses = new SortedDictionary<int, int>();

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (seed, _) =>
        {
            var request = new RequestGenerator(description, new Random(seed), known).Next();
            var (status, mediaType, body) = await SendAsync(api, request);
            var finding = judge.Judge(request, status, mediaType, body);
            lock (findings)
            {
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                if (finding is not null) findings.Add($"seed {seed}: {request}\n    {finding}");
            }
        });

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.Select(static each => $"{each.Key}: {each.Value}")));
        Assert.True(findings.Count == 0, $"{findings.Count} findings\n{string.Join('\n', findings.Take(20))}\n{broker.Errors}");
        // Both kinds were there, and both were told apart.
        Assert.True(statuses.GetValueOrDefault(200) > Requests / 20 && statuses.GetValueOrDefault(400) > Requests / 20, string.Join(", ", statuses));
        Assert.Equal(200, (await api.GetAsync("/health/ready")).Status);
    }

    private static async Task<(int Status, string? MediaType, string? Body)> SendAsync(ApiClient api, GeneratedRequest request)
    {
        using var response = await api.OpenAsync(request.Operation.Method, request.Target, request.Body, request.MediaType, request.Header);
        string? mediaType = response.Content.Headers.ContentType?.MediaType;
        // A feed has no end.
        string? body = mediaType == "text/event-stream" ? null : await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, mediaType, body);
    }
}
