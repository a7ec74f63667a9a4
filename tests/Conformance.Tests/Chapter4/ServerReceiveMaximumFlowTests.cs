using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>The broker's own Receive Maximum: what uses a place, what gives it back, and that one more closes.</summary>
[Spec("MQTT5-3.3.4-7")]
[Spec("MQTT5-4.9.0-1")]
public sealed class ServerReceiveMaximumFlowTests
{
    private const byte QuotaExceeded = 0x97;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Quota_UsedUpByOpenQoS2_OneMoreCloses(int qos)
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Limits:ReceiveMaximum=3");
        await using var watcher = await own.ConnectAsync(MqttVersion.V50);
        await watcher.SubscribeAsync("t", 0);
        await using var client = await own.ConnectAsync(MqttVersion.V50);
        await OpenAsync(client, 1, 2, 3);
        // QoS 0, and what is sent again under its identifier, use no place.
        await client.PublishAsync("t", "qos 0");
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos: 2, packetIdentifier: 2, dup: true));
        await client.ExpectAckAsync(PacketType.PubRec, 2);
        await client.PingAsync();
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", "too many"u8.ToArray(), qos, packetIdentifier: 4));
        await client.ExpectDisconnectAsync(Reason.ReceiveMaximumExceeded);
        for (var i = 0; i < 4; i++)
            Assert.NotEqual("too many", (await watcher.ReceiveAsync()).Text);
        await watcher.ExpectNothingAsync(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    [Spec("MQTT5-4.9.0-3")]
    public async Task Quota_GivenBackByPubCompAndPubAck_LetsTheNextPass()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Limits:ReceiveMaximum=3");
        await using var client = await own.ConnectAsync(MqttVersion.V50);
        await OpenAsync(client, 1, 2, 3);
        for (var i = 4; i < 30; i++)
        {
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, i - 3));
            await client.ExpectAckAsync(PacketType.PubComp, i - 3);
            // Each PUBACK gives back the place that its PUBLISH took.
            await client.PublishAsync("t", "qos 1", qos: 1);
            await client.PublishAsync("t", "qos 1", qos: 1);
            await OpenAsync(client, i);
        }

        await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos: 1, packetIdentifier: 100));
        await client.ExpectDisconnectAsync(Reason.ReceiveMaximumExceeded);
    }

    [Fact]
    [Spec("MQTT5-4.3.3-9")]
    public async Task Quota_GivenBackByARefusingPubRec_LetsTheNextPass()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync(
            "Broker:Limits:ReceiveMaximum=1", "Broker:Limits:MaxQueuedMessages=1", "Broker:Limits:QueuePolicy=Refuse");
        await using (var away = await own.ConnectAsync(ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId())))
        {
            await away.SubscribeAsync("t", 2);
            await away.DisconnectAsync();
        }

        await using var client = await own.ConnectAsync(MqttVersion.V50);
        await client.PublishAsync("t", "fills the queue", qos: 2);
        for (var i = 0; i < 5; i++)
        {
            // The identifier is free again too: it is the same each time.
            foreach (var (qos, answer) in new[] { (2, PacketType.PubRec), (1, PacketType.PubAck) })
            {
                await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos, packetIdentifier: 9));
                Assert.Equal(QuotaExceeded, (await client.ExpectAckAsync(answer, 9)).ReasonCode);
            }
        }
    }

    [Fact]
    public async Task Quota_OfANewConnection_IsFull()
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Limits:ReceiveMaximum=2");
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var first = await own.ConnectAsync(request))
            await OpenAsync(first, 1, 2);
        await using var second = await own.ConnectAsync(request);
        await OpenAsync(second, 3, 4);
        foreach (var identifier in new[] { 1, 2, 3, 4 })
        {
            await second.SendAsync(Packet.Acknowledge(PacketType.PubRel, identifier));
            Assert.Equal(Reason.Success, (await second.ExpectAckAsync(PacketType.PubComp, identifier)).ReasonCode);
        }
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task Quota_OfAVersionThatIsNotTold_DoesNotClose(MqttVersion version)
    {
        await using var own = await OwnBroker.OwnBroker.StartAsync("Broker:Limits:ReceiveMaximum=2");
        await using var client = await own.ConnectAsync(version);
        for (var i = 1; i <= 20; i++)
            await client.SendAsync(Packet.Publish(version, "t", [1], qos: 2, packetIdentifier: i));
        for (var i = 1; i <= 20; i++)
            await client.ExpectAckAsync(PacketType.PubRec, i);
    }

    /// <summary>QoS 2 up to PUBREC: the place stays taken until PUBCOMP.</summary>
    private static async Task OpenAsync(RawClient client, params IReadOnlyList<int> identifiers)
    {
        foreach (var identifier in identifiers)
        {
            await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos: 2, packetIdentifier: identifier));
            await client.ExpectAckAsync(PacketType.PubRec, identifier);
        }
    }
}
