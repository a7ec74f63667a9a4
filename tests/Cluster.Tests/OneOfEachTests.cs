using System.Globalization;
using OrleansBroker.TestKit;

namespace OrleansBroker.Cluster.Tests;

/// <summary>A gateway and a core: everything that a client does crosses the network between them.</summary>
public sealed class OneOfEachTests(OneOfEachTests.OneOfEach nodes) : IClassFixture<OneOfEachTests.OneOfEach>
{
    private Endpoint Gateway => nodes.Cluster.Gateways[0].Tcp;

    [Fact]
    public void Core_HasNoListenerForMqtt() => Assert.Equal(["http", "node"], nodes.Cluster.Cores[0].Ready.Keys);

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    public async Task Publish_EveryQoS_ArrivesInOrder(MqttVersion version)
    {
        await using var subscriber = await RawClient.ConnectAsync(Gateway, version);
        await subscriber.SubscribeAsync("plant/+/temp", 2);
        await using var publisher = await RawClient.ConnectAsync(Gateway, version);

        for (var qos = 0; qos <= 2; qos++) await publisher.PublishAsync("plant/7/temp", $"{qos}", qos);

        for (var qos = 0; qos <= 2; qos++)
        {
            var publish = await subscriber.ReceiveAsync();
            Assert.Equal(("plant/7/temp", $"{qos}", qos), (publish.Topic, publish.Text, publish.QoS));
        }

        await subscriber.PingAsync();
        Assert.Equal(version == MqttVersion.V50 ? [Reason.Success] : [], (await subscriber.UnsubscribeAsync("plant/+/temp")).ReasonCodes);
        await publisher.PublishAsync("plant/7/temp", "unheard", 1);
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    public async Task Subscribe_RetainedMessage_ComesFirst(MqttVersion version)
    {
        await using var publisher = await RawClient.ConnectAsync(Gateway, version);
        await publisher.PublishAsync($"{version}/7/state", "running", 1, retain: true);
        await using var subscriber = await RawClient.ConnectAsync(Gateway, version);

        await subscriber.SubscribeAsync($"{version}/+/state", 1);
        await publisher.PublishAsync($"{version}/7/state", "stopped", 1);

        var retained = await subscriber.ReceiveAsync();
        Assert.Equal(("running", true), (retained.Text, retained.Retain));
        var live = await subscriber.ReceiveAsync();
        Assert.Equal(("stopped", false), (live.Text, live.Retain));
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    public async Task Connection_EndsWithoutDisconnect_WillIsPublished(MqttVersion version)
    {
        await using var watcher = await RawClient.ConnectAsync(Gateway, version);
        await watcher.SubscribeAsync("gone/#", 2);
        var mortal = await RawClient.ConnectAsync(Gateway, new ConnectRequest(version, "mortal") { Will = new WillRequest("gone/mortal", "lost"u8.ToArray()) { QoS = 2 } });

        await mortal.DisposeAsync();

        var will = await watcher.ReceiveAsync();
        Assert.Equal(("gone/mortal", "lost", 2), (will.Topic, will.Text, will.QoS));
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V50)]
    public async Task Session_ClientComesBack_HasWhatCameMeanwhile(MqttVersion version)
    {
        var request = ConnectRequest.Persistent(version, $"durable-{version}", 3600);
        await using (var first = await RawClient.ConnectAsync(Gateway, request))
        {
            await first.SubscribeAsync($"{version}/cmd/#", 2);
            await first.DisconnectAsync();
        }

        await using var publisher = await RawClient.ConnectAsync(Gateway, version);
        for (var qos = 1; qos <= 2; qos++) await publisher.PublishAsync($"{version}/cmd/7", $"{qos}", qos);

        var (again, connAck) = await RawClient.ConnectWithAckAsync(Gateway, request);
        await using (again)
        {
            Assert.True(connAck.SessionPresent);
            for (var qos = 1; qos <= 2; qos++)
            {
                var publish = await again.ReceiveAsync();
                Assert.Equal(($"{qos}", qos), (publish.Text, publish.QoS));
            }
        }
    }

    [Fact]
    public async Task Connect_WithTheSameClientId_TakesTheSessionOver()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, "twice", 3600);
        await using var first = await RawClient.ConnectAsync(Gateway, request);
        await first.SubscribeAsync("twice/#", 1);

        var (second, connAck) = await RawClient.ConnectWithAckAsync(Gateway, request);

        await using (second)
        {
            Assert.True(connAck.SessionPresent);
            await first.ExpectDisconnectAsync(Reason.SessionTakenOver);
            await second.PublishAsync("twice/t", "mine", 1);
            Assert.Equal("mine", (await second.ReceiveAsync()).Text);
        }
    }

    [Fact]
    public async Task Metrics_OfTheGateway_CountWhatWentToTheCore()
    {
        const int Messages = 20;
        using var http = new HttpClient { BaseAddress = new($"http://{nodes.Cluster.Gateways[0].Ready["http"]}"), Timeout = TimeSpan.FromSeconds(60) };
        var before = await ValueAsync("broker_lane_items_total");
        await using var publisher = await RawClient.ConnectAsync(Gateway, MqttVersion.V50);
        for (var i = 0; i < Messages; i++) await publisher.PublishAsync("counted/t", "x", 1);

        // A batch counts when its call is answered, which may be after what is done of it.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ValueAsync("broker_lane_items_total") < before + Messages) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);

        Assert.InRange(await ValueAsync("broker_lane_batches_total"), 1, await ValueAsync("broker_lane_items_total"));
        Assert.Equal(0, await ValueAsync("broker_lane_waiting_items"));

        async Task<double> ValueAsync(string name)
        {
            var lines = (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken)).Split('\n');
            var line = Assert.Single(lines, line => line.StartsWith($"{name}{{", StringComparison.Ordinal) && line.Contains("lane=\"shard\"", StringComparison.Ordinal));
            return double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
        }
    }

    public sealed class OneOfEach(Database database) : IAsyncLifetime
    {
        internal RunningCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await RunningCluster.StartAsync(database.Server, gateways: 1, cores: 1);

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
