using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT section 4.1: what a session keeps.</summary>
public sealed class SessionStateTests(BrokerFixture broker)
{
    public static MatrixTheoryData<MqttVersion, bool> VersionsAndCleanStart => new(Enum.GetValues<MqttVersion>(), [false, true]);

    /// <summary>Subscription, delivery without acknowledgement and QoS 2 identifier, for longer than the Session Expiry Interval.</summary>
    [Theory]
    [MemberData(nameof(VersionsAndCleanStart))]
    [Spec("MQTT5-4.1.0-1")]
    [Spec("MQTT311-4.1.0-1")]
    [Spec("MQTT311-4.1.0-2")]
    public async Task Session_OfAnOpenConnection_IsKept(MqttVersion version, bool cleanStart)
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(version, Unique.ClientId(), expirySeconds: cleanStart ? 0u : 1u) with { CleanStart = cleanStart };
        await using var observer = await broker.ConnectSubscribedAsync(version, $"{topic}/out", 2);
        await using var client = await broker.ConnectSubscribedAsync(request, $"{topic}/in", 1);
        await broker.PublishAsync(version, $"{topic}/in", 1, "first");
        var first = await client.ExpectPublishAsync();
        await client.SendAsync(Packet.Publish(version, $"{topic}/out", "once"u8.ToArray(), qos: 2, packetIdentifier: 77));
        await client.ExpectAckAsync(PacketType.PubRec, 77);
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);

        await broker.PublishAsync(version, $"{topic}/in", 1, "second");
        var second = await client.ReceiveAsync();
        Assert.Equal("second", second.Text);
        Assert.NotEqual(first.PacketIdentifier, second.PacketIdentifier);
        await client.SendAsync(Packet.Publish(version, $"{topic}/out", "once"u8.ToArray(), qos: 2, packetIdentifier: 77, dup: true));
        await client.ExpectAckAsync(PacketType.PubRec, 77);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 77));
        Assert.Equal(Reason.Success, (await client.ExpectAckAsync(PacketType.PubComp, 77)).ReasonCode);
        await observer.ReceiveAllAsync("once");
        await observer.ExpectNothingAsync(TimeSpan.FromMilliseconds(200));
        await client.ExpectNothingAsync();
        if (cleanStart)
            return;

        // Taken over without a moment away.
        await using var newer = await broker.ConnectAsync(request);
        var again = await newer.ReceiveAsync();
        Assert.Equal(("first", first.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
        await newer.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(MqttVersion.V311, MqttVersion.V50)]
    [InlineData(MqttVersion.V50, MqttVersion.V311)]
    public async Task Session_ResumedInAnotherVersion_IsTheSame(MqttVersion firstVersion, MqttVersion secondVersion)
    {
        var topic = Unique.Topic();
        var clientId = Unique.ClientId();
        await using (var first = await broker.ConnectAsync(ConnectRequest.Persistent(firstVersion, clientId)))
        {
            await first.SubscribeAsync(topic, 1);
            await first.DisconnectAsync();
        }

        var (second, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, ConnectRequest.Persistent(secondVersion, clientId));
        await using (second)
        {
            Assert.True(connAck.SessionPresent);
            await second.PublishAsync(topic, "same");
            Assert.Equal("same", (await second.ReceiveAsync()).Text);
        }
    }
}
