using System.Net;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Metrics;

/// <summary><c>/metrics</c> of a broker while real clients use it.</summary>
public sealed class MetricsTests : IAsyncLifetime
{
    private BrokerProcess _broker = null!;
    private HttpClient _http = null!;

    [Fact]
    public async Task Scrape_MessagesAtEachQoS_AreCountedByDirectionAndQoS()
    {
        const string Text = "seven b";
        int[] counts = [3, 70, 5];
        await using var subscriber = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V50);
        await subscriber.SubscribeAsync("t", 2);
        await using var publisher = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V311);
        var before = await Scrape.ReadAsync(_http);
        for (var qos = 0; qos <= 2; qos++)
        {
            for (var i = 0; i < counts[qos]; i++)
            {
                await publisher.PublishAsync("t", Text, qos);
                await subscriber.ReceiveAsync();
            }
        }

        var after = await Scrape.UntilAsync(_http, scrape => Rise(scrape, "broker_messages_total", "direction=sent") >= counts.Sum());
        foreach (var direction in new[] { "received", "sent" })
        {
            for (var qos = 0; qos <= 2; qos++)
            {
                string[] labels = [$"direction={direction}", $"qos={qos}"];
                Assert.Equal(counts[qos], Rise(after, "broker_messages_total", labels));
                Assert.Equal(counts[qos] * Text.Length, Rise(after, "broker_messages_payload_bytes_total", labels));
            }
        }

        // The first of the connection, and the 65th.
        Assert.Equal(2, after["broker_puback_duration_seconds"].Samples.Single(static sample => sample.Name.EndsWith("_count", StringComparison.Ordinal)).Value);
        Assert.Equal(2, after["broker_connections"].Value("state=connected"));

        double Rise(Scrape scrape, string name, params string[] labels) => scrape[name].Value(labels) - before[name].Value(labels);
    }

    [Fact]
    public async Task Scrape_StateOfSessionsAndDrops_IsShown()
    {
        await using (var away = await RawClient.ConnectAsync(_broker.Tcp, ConnectRequest.Persistent(MqttVersion.V50, "away")))
        {
            await away.SubscribeAsync("a", 1);
            await away.SubscribeAsync("$share/g/b", 1);
            await away.DisconnectAsync();
        }

        await using var publisher = await RawClient.ConnectAsync(_broker.Tcp, MqttVersion.V50);
        await publisher.PublishAsync("a", "kept", 1, retain: true);
        await publisher.PublishAsync("a", "dropped", 0);

        var scrape = await Scrape.UntilAsync(_http, static scrape => scrape["broker_queued_messages"].Value() == 1 && scrape["broker_drops_total"].Value("reason=not_connected") == 1);
        Assert.Equal((1, 1, 1), (scrape["broker_sessions"].Value("state=connected"), scrape["broker_sessions"].Value("state=disconnected"), scrape["broker_sessions_durable"].Value()));
        Assert.Equal((1, 1), (scrape["broker_subscriptions"].Value("kind=plain"), scrape["broker_subscriptions"].Value("kind=shared")));
        Assert.Equal((1, 5), (scrape["broker_retained_messages"].Value(), scrape["broker_retained_bytes"].Value()));
        Assert.Equal(5, scrape["broker_queued_bytes"].Value());
        Assert.Equal(1, scrape["broker_drops_total"].Value());
        Assert.Equal(1, scrape["broker_connections_closed_total"].Value("cause=client_disconnect"));
        Assert.Equal(2, scrape["broker_connects_total"].Value());
        Assert.Equal(64, scrape["broker_shards"].Value());
        Assert.InRange(scrape["broker_journal_commit_duration_seconds"].Samples.Count, 10, 30);
    }

    [Fact]
    public async Task Scrape_ClientSilentBeyondItsKeepAlive_IsCounted()
    {
        Assert.Equal(0, (await Scrape.ReadAsync(_http))["broker_keepalive_expiries_total"].Value());
        await using var silent = await RawClient.ConnectAsync(_broker.Tcp, new ConnectRequest(MqttVersion.V50, "silent") { KeepAlive = 1 });
        await using var other = await RawClient.ConnectAsync(_broker.Tcp, new ConnectRequest(MqttVersion.V50, "other"));

        Assert.Equal(Reason.KeepAliveTimeout, (await silent.ExpectClosedAsync())?.ReasonCode);

        var scrape = await Scrape.UntilAsync(_http, static scrape => scrape["broker_keepalive_expiries_total"].Value() > 0);
        Assert.Equal(1, scrape["broker_keepalive_expiries_total"].Value());
        await other.PingAsync();
    }

    /// <summary>No label has a client id or a topic, and nobody who asks can make one more.</summary>
    [Fact]
    public async Task Scrape_ManyClientsAndPaths_AddsNoSeries()
    {
        await using (var first = await RawClient.ConnectAsync(_broker.Tcp, new ConnectRequest(MqttVersion.V50, "first"))) await first.PublishAsync("topic/first", "x", 1);
        await GetAsync("/first");
        var before = await Scrape.UntilAsync(_http, static scrape => IsSeen(scrape, "404") && IsSeen(scrape, "200"));
        for (var i = 0; i < 20; i++)
        {
            await using var client = await RawClient.ConnectAsync(_broker.Tcp, new ConnectRequest(MqttVersion.V50, $"client-{i}"));
            await client.PublishAsync($"topic/{i}", "x", 1);
            await GetAsync($"/path/{i}");
        }

        var after = await Scrape.UntilAsync(_http, static scrape => scrape["broker_connects_total"].Value() == 21);
        foreach (var family in before.Families.Where(static family => family.Name.StartsWith("broker_", StringComparison.Ordinal) || family.Name.StartsWith("http_", StringComparison.Ordinal)))
            Assert.Equal(family.Samples.Count, after[family.Name].Samples.Count);
        Assert.DoesNotContain(after.Families.SelectMany(static family => family.Samples).SelectMany(static sample => sample.Labels.Values), static value => value.Contains("client-", StringComparison.Ordinal) || value.Contains("topic/", StringComparison.Ordinal));
    }

    private static bool IsSeen(Scrape scrape, string status) =>
        scrape["http_server_request_duration_seconds"].Samples.Any(sample => sample.Labels.GetValueOrDefault("http_response_status_code") == status);

    public async ValueTask InitializeAsync()
    {
        _broker = await BrokerProcess.StartAsync();
        _http = Scrape.ClientOf(_broker);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _broker.DisposeAsync();
    }

    private async Task GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
