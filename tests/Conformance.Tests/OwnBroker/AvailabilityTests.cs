using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>What an owner switches off: announced, and refused with its own reason to whoever asks all the same.</summary>
public sealed class AvailabilityTests
{
    private const byte Failure3 = 0x80;
    private const byte RetainNotSupported = 0x9A;
    private const byte SubscriptionIdentifiersNotSupported = 0xA1;
    private const byte WildcardSubscriptionsNotSupported = 0xA2;

    [Fact]
    public async Task Availability_Everything_IsNotAnnounced()
    {
        await using var broker = await OwnBroker.StartAsync();
        var properties = await AnnouncedAsync(broker);
        Assert.False(properties.Has(PropertyId.RetainAvailable));
        Assert.False(properties.Has(PropertyId.WildcardSubscriptionAvailable));
        Assert.False(properties.Has(PropertyId.SubscriptionIdentifierAvailable));
        Assert.False(properties.Has(PropertyId.SharedSubscriptionAvailable));
    }

    [Theory]
    [InlineData("Broker:Limits:RetainAvailable=false")]
    [InlineData("Broker:Limits:MaxRetainedMessages=0")]
    [Spec("MQTT5-3.2.2-13")]
    [Spec("MQTT5-3.2.2-14")]
    public async Task Retain_NotAvailable_IsRefusedIn50AndDeliveredOnlyIn3(string setting)
    {
        await using var broker = await OwnBroker.StartAsync(setting);
        Assert.Equal(0u, (await AnnouncedAsync(broker)).Integer(PropertyId.RetainAvailable));
        await using (var client = await broker.ConnectAsync(MqttVersion.V50))
        {
            await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], 1, 1, retain: true));
            await client.ExpectDisconnectAsync(RetainNotSupported);
        }

        var will = new WillRequest("will", [1]) { Retain = true };
        await using (var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50))
        {
            await client.SendAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Will = will }.ToBytes());
            Assert.Equal(RetainNotSupported, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50).ReasonCode);
        }

        foreach (var version in new[] { MqttVersion.V31, MqttVersion.V311 })
        {
            await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
            await subscriber.SubscribeAsync("#", 1);
            await using (var old = await broker.ConnectAsync(new ConnectRequest(version, Unique.ClientId()) { Will = will }))
                await old.PublishAsync("t", "old", qos: 1, retain: true);
            Assert.Equal("old", (await subscriber.ReceiveAsync()).Text);
            Assert.Equal("will", (await subscriber.ReceiveAsync()).Topic);
            await using var late = await broker.ConnectAsync(version);
            await late.SubscribeAsync("#", 1);
            await late.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT311-3.8.3-2")]
    public async Task WildcardSubscription_NotAvailable_IsRefused()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:WildcardSubscriptionAvailable=false");
        Assert.Equal(0u, (await AnnouncedAsync(broker)).Integer(PropertyId.WildcardSubscriptionAvailable));
        await RefusesAsync(broker, ["a/+", "#", "$share/g/a/#"], WildcardSubscriptionsNotSupported);
    }

    [Fact]
    public async Task SharedSubscription_NotAvailable_IsRefused()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:SharedSubscriptionAvailable=false");
        Assert.Equal(0u, (await AnnouncedAsync(broker)).Integer(PropertyId.SharedSubscriptionAvailable));
        await RefusesAsync(broker, ["$share/g/a", "$share/g/#"], Reason.SharedSubscriptionsNotSupported);
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync("a/#", 1);
    }

    [Fact]
    public async Task SubscriptionIdentifier_NotAvailable_IsRefused()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:SubscriptionIdentifierAvailable=false");
        Assert.Equal(0u, (await AnnouncedAsync(broker)).Integer(PropertyId.SubscriptionIdentifierAvailable));
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync("a", 1);
        await client.SendAsync(Packet.Subscribe(MqttVersion.V50, 9, [("b", 1)], Property.SubscriptionIdentifier(1)));
        await client.ExpectDisconnectAsync(SubscriptionIdentifiersNotSupported);
    }

    private static async Task RefusesAsync(OwnBroker broker, string[] filters, byte reason)
    {
        foreach (var filter in filters)
        {
            await using var v5 = await broker.ConnectAsync(MqttVersion.V50);
            await v5.SubscribeAsync("plain", 1);
            await v5.SendAsync(Packet.Subscribe(MqttVersion.V50, 9, [("a/b", 1), (filter, 1)]));
            await v5.ExpectDisconnectAsync(reason);

            await using var v311 = await broker.ConnectAsync(MqttVersion.V311);
            Assert.Equal([1, Failure3], (await v311.SubscribeWithAckAsync([("a/b", 1), (filter, 1)])).ReasonCodes);
            await v311.PublishAsync("a/b", "x", qos: 1);
            Assert.Equal("x", (await v311.ReceiveAsync()).Text);
        }
    }

    private static async Task<PropertyList> AnnouncedAsync(OwnBroker broker)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await client.DisposeAsync();
        return connAck.Properties;
    }
}
