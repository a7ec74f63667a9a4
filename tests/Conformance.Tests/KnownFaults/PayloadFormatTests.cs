using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>The Payload Format Indicator goes on as it came: a 0 is not the same as none, and brokers that keep a default lose it.</summary>
[Spec("MQTT5-3.3.2-4")]
public sealed class PayloadFormatTests(BrokerFixture broker)
{
    /// <summary>Absent is −1.</summary>
    public static MatrixTheoryData<int, int> IndicatorsAndQoS => new([-1, 0, 1], [0, 1, 2]);

    [Theory]
    [MemberData(nameof(IndicatorsAndQoS))]
    public async Task PayloadFormatIndicator_OfALiveMessage_IsAsSent(int indicator, int qos)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, qos);
        await subscriber.PublishAsync(topic, "text", qos, retain: false, Properties(indicator));
        Check(indicator, await subscriber.ReceiveAsync());
    }

    [Theory]
    [MemberData(nameof(IndicatorsAndQoS))]
    public async Task PayloadFormatIndicator_OfARetainedMessage_IsAsSent(int indicator, int qos)
    {
        var topic = Unique.Topic();
        await broker.RetainAsync(MqttVersion.V50, topic, "text", qos, Properties(indicator));
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, qos);
        Check(indicator, await subscriber.ReceiveAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PayloadFormatIndicator_OfAQueuedMessage_IsAsSent(int indicator)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, 2);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "text", 2, retain: false, Properties(indicator));
        await using var subscriber = await broker.ConnectAsync(request);
        Check(indicator, await subscriber.ReceiveAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task PayloadFormatIndicator_OfAWill_IsAsSent(int indicator)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var will = new WillRequest(topic, "text"u8.ToArray()) { QoS = 1, Retain = true, Properties = Properties(indicator) };
        await using (await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Will = will }))
        {
        }

        Check(indicator, await subscriber.ReceiveAsync());
        await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        Check(indicator, await late.ReceiveAsync());
    }

    private static byte[][] Properties(int indicator) =>
        indicator < 0 ? [] : [Property.Byte(PropertyId.PayloadFormatIndicator, indicator)];

    private static void Check(int indicator, PublishFrame message)
    {
        Assert.Equal("text", message.Text);
        Assert.Equal(indicator < 0 ? null : (uint)indicator, message.Properties.Integer(PropertyId.PayloadFormatIndicator));
        Assert.Equal(indicator < 0 ? 0 : 1, message.Properties.Count);
    }
}
