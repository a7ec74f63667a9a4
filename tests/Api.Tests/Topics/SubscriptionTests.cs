using System.Text.Json.Nodes;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Topics;

/// <summary>GET /subscriptions.</summary>
public sealed class SubscriptionTests(ApiBroker broker)
{
    private const int NoLocal = 1 << 2;
    private const int RetainAsPublished = 1 << 3;

    [Fact]
    public async Task Subscriptions_ByFilterAndByTopic_AreShownWithTheirOptions()
    {
        var topic = Unique.Topic();
        string[] ids = [.. Enumerable.Range(0, 3).Select(static _ => Unique.ClientId()).Order(StringComparer.Ordinal)];
        await using var plain = await RawClient.ConnectAsync(broker.Mqtt, new ConnectRequest(MqttVersion.V311, ids[0]));
        await plain.SubscribeAsync(topic + "/+", 1);
        await using var other = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, ids[1]));
        await other.SubscribeAsync(topic + "/+", 2 | NoLocal | RetainAsPublished, Property.SubscriptionIdentifier(268_435_455));
        await using var shared = await RawClient.ConnectAsync(broker.Mqtt, new ConnectRequest(MqttVersion.V50, ids[2]));
        await shared.SubscribeAsync($"$share/grüppe/{topic}/+", 0);
        await shared.SubscribeAsync(topic + "/else", 0);

        var byFilter = await ListAsync($"filter={Uri.EscapeDataString(topic + "/+")}", limit: 1);
        var byGroup = await ListAsync($"filter={Uri.EscapeDataString($"$share/grüppe/{topic}/+")}", limit: 100);
        var byTopic = await ListAsync($"matching={Uri.EscapeDataString(topic + "/x")}", limit: 2);

        string[] expected =
        [
            $$"""{"clientId":"{{ids[0]}}","filter":"{{topic}}/+","qos":1,"noLocal":false,"retainAsPublished":false,"durable":false}""",
            $$"""{"clientId":"{{ids[1]}}","filter":"{{topic}}/+","qos":2,"noLocal":true,"retainAsPublished":true,"durable":true,"subscriptionIdentifier":268435455}""",
            $$"""{"clientId":"{{ids[2]}}","filter":"$share/grüppe/{{topic}}/+","qos":0,"noLocal":false,"retainAsPublished":false,"durable":false,"shareName":"grüppe"}""",
        ];
        Assert.Equal(expected[..2], byFilter);
        Assert.Equal(expected[2..], byGroup);
        Assert.Equal(expected, byTopic);
        Assert.Equal(expected[1..2], await ListAsync($"clientId={ids[1]}", limit: 1));
        Assert.Equal(2, (await ListAsync($"clientId={ids[2]}", limit: 1)).Count);
        Assert.Contains(expected[2], await ListAsync($"clientId={ids[2]}", limit: 1));
        Assert.Empty(await ListAsync("clientId=nobody", limit: 1));
        var all = await ListAsync("", limit: 1_000);
        Assert.Empty(expected.Except(all));
        Assert.Equal(all.Distinct().Count(), all.Count);

        await other.UnsubscribeAsync(topic + "/+");
        Assert.Equal(expected[..1], await ListAsync($"filter={Uri.EscapeDataString(topic + "/+")}", limit: 100));
    }

    [Theory]
    [InlineData("filter=a%23")]
    [InlineData("matching=a/%23")]
    [InlineData("filter=a&matching=a")]
    [InlineData("matching=a&clientId=a")]
    [InlineData("clientId=a&cursor=YQ")]
    [InlineData("cursor=YQ")]
    [InlineData("cursor=YSMAYg")]
    public async Task Subscriptions_NotAQuestion_IsAProblem(string query)
    {
        var answer = await broker.Api.GetAsync("/api/v1/subscriptions?" + query);
        Assert.Equal((400, "invalid-parameter"), (answer.Status, answer.Code));
    }

    private async Task<List<string>> ListAsync(string query, int limit)
    {
        var found = new List<string>();
        JsonNode? cursor = null;
        do
        {
            var page = (await broker.Api.GetAsync($"/api/v1/subscriptions?limit={limit}&{query}{(cursor is null ? "" : $"&cursor={cursor}")}".TrimEnd('&'))).Json;
            found.AddRange(page["items"]!.AsArray().Select(static item => item!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
            cursor = page["cursor"];
        }
        while (cursor is not null);
        return found;
    }
}
