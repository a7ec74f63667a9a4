using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT sections 3.1.2.4 and 3.1.4: clean start, session expiry, takeover.</summary>
public sealed class ConnectSessionTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-5")]
    [Spec("MQTT5-3.1.3-2")]
    [Spec("MQTT5-3.2.2-3")]
    [Spec("MQTT311-3.1.2-4")]
    [Spec("MQTT311-3.1.3-2")]
    [Spec("MQTT311-3.2.2-2")]
    public async Task Session_Resumed_HasItsSubscriptions(MqttVersion version)
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await broker.SubscribeAndLeaveAsync(request, topic, 1);

        var (second, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (second)
        {
            // The byte is reserved in 3.1.
            Assert.Equal(version != MqttVersion.V31, connAck.SessionPresent);
            await using var publisher = await broker.ConnectAsync(version);
            await publisher.PublishAsync(topic, "for the resumed", qos: 1);
            Assert.Equal("for the resumed", (await second.ReceiveAsync()).Text);
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-4")]
    [Spec("MQTT5-3.1.2-6")]
    [Spec("MQTT5-3.1.4-4")]
    [Spec("MQTT5-3.2.2-2")]
    [Spec("MQTT311-3.1.2-6")]
    [Spec("MQTT311-3.1.4-3")]
    [Spec("MQTT311-3.2.2-1")]
    [Spec("MQTT311-3.2.2-3")]
    public async Task Session_CleanStart_IsNew(MqttVersion version)
    {
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await using var publisher = await broker.ConnectAsync(version);
        await broker.SubscribeAndLeaveAsync(request, topic, 1);

        await publisher.PublishAsync(topic, "for the old session", qos: 1);
        var (clean, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request with { CleanStart = true, Properties = [] });
        await using (clean)
        {
            Assert.False(connAck.SessionPresent);
            await publisher.PublishAsync(topic, "for nobody", qos: 1);
            await clean.ExpectNothingAsync();
            await clean.DisconnectAsync();
        }

        var (third, thirdAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (third)
        {
            Assert.False(thirdAck.SessionPresent);
            await third.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-3.1.2-23")]
    [Spec("MQTT5-4.1.0-2")]
    public async Task SessionExpiryInterval_Passed_SessionIsGone()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expirySeconds: 1);
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync(Unique.Topic(), 1);
            await first.DisconnectAsync();
        }

        // No event tells of it; the standard counts in seconds, so two more are enough for any broker.
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, TestContext.Current.CancellationToken);
        var (second, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (second)
            Assert.False(connAck.SessionPresent);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.4-3")]
    [Spec("MQTT311-3.1.4-2")]
    public async Task Takeover_SameClientId_ClosesTheOlder(MqttVersion version)
    {
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        var topic = Unique.Topic();
        await using var older = await broker.ConnectAsync(request);
        await older.SubscribeAsync(topic, 1);
        var (newer, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
        await using (newer)
        {
            await older.ExpectDisconnectAsync(Reason.SessionTakenOver);
            Assert.Equal(version != MqttVersion.V31, connAck.SessionPresent);
            await newer.PublishAsync(topic, "for the newer", qos: 1);
            Assert.Equal("for the newer", (await newer.ReceiveAsync()).Text);
        }
    }

    [Fact]
    public async Task Takeover_ManyAtOnce_LeavesExactlyOne()
    {
        const int Count = 20;
        var clientId = Unique.ClientId();
        var clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            var version = i % 2 == 0 ? MqttVersion.V311 : MqttVersion.V50;
            var client = await RawClient.OpenAsync(broker.Endpoint, version);
            await client.SendAsync(new ConnectRequest(version, clientId).ToBytes());
            return client;
        }));

        // Every one but the last in the broker's order is closed; which one that is, the broker decides.
        var open = clients.ToList();
        while (open.Count > 1)
        {
            var ended = await Task.WhenAny(open.Select(client => client.Ended))
                .WaitAsync(RawClient.DefaultTimeout, TimeProvider.System, TestContext.Current.CancellationToken);
            open.RemoveAll(client => client.Ended == ended);
        }

        await open[0].ExpectAsync(PacketType.ConnAck);
        await open[0].ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
        foreach (var client in clients)
            await client.DisposeAsync();
    }
}
