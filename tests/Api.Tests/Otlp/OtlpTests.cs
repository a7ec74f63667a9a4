using System.Security.Cryptography;
using System.Text;
using OrleansBroker.TestKit;

namespace OrleansBroker.Api.Tests.Otlp;

/// <summary>Metrics and traces as a collector gets them over HTTP.</summary>
public sealed class OtlpTests : IAsyncLifetime
{
    private const string Topic = "plant/7/temperature";

    private OtlpReceiver _collector = null!;

    [Fact]
    public async Task Traces_EachConnectAndPublish_AreSentWithTheirOutcome()
    {
        await UseAsync("Broker:Telemetry:PublishSampling=1", "Broker:Telemetry:NamesInTraces=true");

        var connect = Assert.Single(_collector.Spans, static span => span.Name == "mqtt.connect" && span.Tags["mqtt.client_id"] == "traced");
        Assert.Equal(("success", "5", "true", ""), (connect.Tags["mqtt.reason"], connect.Tags["mqtt.version"], connect.Tags["mqtt.clean_start"], connect.ParentId));
        var session = Assert.Single(_collector.Spans, span => span.Name == "mqtt.session.connect" && span.TraceId == connect.TraceId);
        Assert.Equal((connect.SpanId, "success"), (session.ParentId, session.Tags["mqtt.reason"]));

        for (var qos = 0; qos <= 2; qos++)
        {
            var number = qos.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var publish = Assert.Single(_collector.Spans, span => span.Name == "mqtt.publish" && span.Tags["mqtt.qos"] == number);
            Assert.Equal((Topic, "5", qos == 0 ? "success" : "no_matching_subscribers"), (publish.Tags["mqtt.topic"], publish.Tags["mqtt.payload_bytes"], publish.Tags["mqtt.reason"]));
        }
    }

    [Fact]
    public async Task Traces_ByDefault_HaveNoPublishesAndNoNames()
    {
        await UseAsync();

        Assert.DoesNotContain(_collector.Spans, static span => span.Name == "mqtt.publish");
        var connect = Assert.Single(_collector.Spans, static span => span.Name == "mqtt.connect");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("traced")))[..16], connect.Tags["mqtt.client_id"]);
    }

    [Fact]
    public async Task Traces_OnePublishInThreeAndNoConnect_AreSentSo()
    {
        // Each thread counts by itself, and so does each loop of this transport, which keeps its connections.
        await UseAsync("Broker:Listeners:TcpTransport=Epoll", "Broker:Telemetry:ConnectSampling=0", "Broker:Telemetry:PublishSampling=3");

        Assert.DoesNotContain(_collector.Spans, static span => span.Name.EndsWith("connect", StringComparison.Ordinal));
        Assert.Equal("0", Assert.Single(_collector.Spans, static span => span.Name == "mqtt.publish").Tags["mqtt.qos"]);
    }

    [Fact]
    public async Task Metrics_ExportInterval_AreSent()
    {
        await UseAsync(() => Until.TrueAsync(() => _collector.Metrics.ContainsKey("broker.puback.duration")));

        Assert.Superset(
            new HashSet<string>(["broker.messages", "broker.drops", "broker.sessions", "broker.puback.duration", "orleans-catalog-activations", "dotnet.gc.collections"]), _collector.Metrics.Keys.ToHashSet(StringComparer.Ordinal));
        Assert.Equal(["orleans-broker"], _collector.Services.Keys);
    }

    public async ValueTask InitializeAsync() => _collector = await OtlpReceiver.StartAsync();

    public ValueTask DisposeAsync() => _collector.DisposeAsync();

    /// <summary>A client comes, publishes once at each QoS to nobody, and goes; so does the broker, and with it the last of what it has to send.</summary>
    private Task UseAsync(params string[] settings) => UseAsync(static () => Task.CompletedTask, settings);

    /// <param name="used">Waited for while the broker still runs.</param>
    private async Task UseAsync(Func<Task> used, params string[] settings)
    {
        await using var broker = await BrokerProcess.StartAsync([$"Broker:Telemetry:OtlpEndpoint={_collector.Address}", "Broker:Telemetry:OtlpProtocol=Http", "Broker:Telemetry:ExportInterval=1s", .. settings]);
        await using (var client = await RawClient.ConnectAsync(broker.Tcp, new ConnectRequest(MqttVersion.V50, "traced")))
        {
            await client.SendAsync(Packet.Publish(MqttVersion.V50, Topic, "hello"u8.ToArray(), 0, 0));
            for (var qos = 1; qos <= 2; qos++)
            {
                await client.SendAsync(Packet.Publish(MqttVersion.V50, Topic, "hello"u8.ToArray(), qos, qos));
                Assert.Equal(Reason.NoMatchingSubscribers, (await client.ExpectAckAsync(qos == 1 ? PacketType.PubAck : PacketType.PubRec, qos)).ReasonCode);
            }
        }

        await used();
        Assert.Equal(0, await broker.StopAsync());
    }
}
