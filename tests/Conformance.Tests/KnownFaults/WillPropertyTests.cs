using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.KnownFaults;

/// <summary>Of a will's properties the delay is the broker's, all others go on: brokers leak the first and lose some of the rest.</summary>
public sealed class WillPropertyTests(BrokerFixture broker)
{
    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public async Task WillDelayInterval_OfAPublishedWill_IsNotForwarded(uint delay)
    {
        var will = await PublishWillAsync(Property.WillDelayInterval(delay), Property.UserProperty("a", "b"));
        foreach (var message in will)
        {
            Assert.False(message.Properties.Has(PropertyId.WillDelayInterval));
            Assert.Equal(1, message.Properties.Count);
        }
    }

    [Fact]
    public async Task ContentType_OfAWill_IsForwarded() =>
        await CheckAsync(
            Property.Utf8(PropertyId.ContentType, "text/plain; ä"),
            static properties => Assert.Equal("text/plain; ä", properties.Text(PropertyId.ContentType)));

    [Fact]
    public async Task ResponseTopic_OfAWill_IsForwarded() =>
        await CheckAsync(
            Property.Utf8(PropertyId.ResponseTopic, "answer/here"),
            static properties => Assert.Equal("answer/here", properties.Text(PropertyId.ResponseTopic)));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 1, 255 })]
    public async Task CorrelationData_OfAWill_IsForwarded(byte[] data) =>
        await CheckAsync(
            Property.Binary(PropertyId.CorrelationData, data),
            properties => Assert.Equal(data, properties.Bytes(PropertyId.CorrelationData)));

    [Fact]
    [Spec("MQTT5-3.1.3-10")]
    public async Task UserProperties_OfAWill_KeepTheirOrder()
    {
        (string Name, string Value)[] sent = [("z", "1"), ("a", ""), ("z", "2"), ("", "x"), ("a", "3"), ("z", "1")];
        var will = await PublishWillAsync([.. sent.Select(property => Property.UserProperty(property.Name, property.Value))]);
        foreach (var message in will)
            Assert.Equal(sent, message.Properties.UserProperties);
    }

    [Fact]
    [Spec("MQTT5-3.1.3-10")]
    public async Task AllProperties_OfAWill_AreForwardedTogether()
    {
        var will = await PublishWillAsync(
            Property.UserProperty("b", "1"),
            Property.Byte(PropertyId.PayloadFormatIndicator, 1),
            Property.MessageExpiryInterval(100),
            Property.WillDelayInterval(0),
            Property.Utf8(PropertyId.ContentType, "c"),
            Property.UserProperty("a", "2"),
            Property.Utf8(PropertyId.ResponseTopic, "r"),
            Property.Binary(PropertyId.CorrelationData, [7]));
        foreach (var message in will)
        {
            var properties = message.Properties;
            Assert.Equal(1u, properties.Integer(PropertyId.PayloadFormatIndicator));
            Assert.InRange(properties.Integer(PropertyId.MessageExpiryInterval)!.Value, 90u, 100u);
            Assert.Equal(("c", "r"), (properties.Text(PropertyId.ContentType), properties.Text(PropertyId.ResponseTopic)));
            Assert.Equal(new byte[] { 7 }, properties.Bytes(PropertyId.CorrelationData));
            Assert.Equal([("b", "1"), ("a", "2")], properties.UserProperties);
            Assert.Equal(7, properties.Count);
        }
    }

    [Fact]
    public async Task Properties_OfAWillWithout_AreNone()
    {
        foreach (var message in await PublishWillAsync())
            Assert.Equal(0, message.Properties.Count);
    }

    private async Task CheckAsync(byte[] property, Action<PropertyList> check)
    {
        foreach (var message in await PublishWillAsync(property))
        {
            check(message.Properties);
            Assert.Equal(1, message.Properties.Count);
        }
    }

    /// <summary>The will as a live subscriber gets it, and as the retained message that it leaves.</summary>
    private async Task<PublishFrame[]> PublishWillAsync(params IReadOnlyList<byte[]> properties)
    {
        var topic = Unique.Topic();
        await using var live = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var will = new WillRequest(topic, "gone"u8.ToArray()) { QoS = 1, Retain = true, Properties = properties };
        await using (await broker.ConnectAsync(ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId()) with { Will = will }))
        {
        }

        var first = await live.ReceiveAsync();
        await using var late = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, 1);
        var kept = await late.ReceiveAsync();
        Assert.Equal(("gone", "gone", true), (first.Text, kept.Text, kept.Retain));
        return [first, kept];
    }
}
