using OrleansBroker.Samples;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Documentation;

/// <summary>docs/rest/sample does what it says.</summary>
public sealed class SampleTests(ApiBroker broker)
{
    [Fact]
    public async Task Sample_OfTheDocuments_ListsPublishesAndDisconnects()
    {
        string clientId = $"~sample/{Unique.ClientId()}";
        using var api = new BrokerApi(broker.Api.Address);
        await using var client = await RawClient.ConnectAsync(broker.Mqtt, ConnectRequest.Persistent(MqttVersion.V50, clientId, 60));
        await client.SubscribeAsync($"{clientId}/#", 1);

        var listed = new List<string>();
        await foreach (string each in api.ListSessionsAsync("connected=true"))
            listed.Add(each);
        Assert.Contains(clientId, listed);

        await api.PublishAsync($"{clientId}/a", "hello");
        Assert.Equal("hello", (await client.ReceiveAsync()).Text);

        await api.DisconnectAsync(clientId);
        await client.ExpectClosedAsync();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => api.DisconnectAsync(Unique.ClientId()));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, refused.StatusCode);
    }
}
