using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT section 4.4: what is sent again when a session's client comes back, and what is not.</summary>
public sealed class RedeliveryTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-1")]
    [Spec("MQTT5-4.3.2-3")]
    [Spec("MQTT5-4.4.0-1")]
    [Spec("MQTT311-2.3.1-4")]
    [Spec("MQTT311-3.3.1-1")]
    [Spec("MQTT311-4.3.2-1")]
    [Spec("MQTT311-4.4.0-1")]
    public async Task QoS1_NotAcknowledged_ComesAgainWithDupAndItsIdentifier(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        List<PublishFrame> sent = [];
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync(topic, 1);
            await PublishAsync(version, topic, qos: 1, "a", "b", "c");
            for (var i = 0; i < 3; i++)
                sent.Add(await first.ExpectPublishAsync());
            await first.SendAsync(Packet.Acknowledge(PacketType.PubAck, sent[1].PacketIdentifier));
            await first.PingAsync();
            await first.ResetAsync();
        }

        await using var second = await broker.ConnectAsync(request);
        foreach (var expected in new[] { sent[0], sent[2] })
        {
            var again = await second.ReceiveAsync();
            Assert.Equal(expected.Text, again.Text);
            Assert.Equal(expected.PacketIdentifier, again.PacketIdentifier);
            Assert.True(again.Dup);
        }

        await second.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task QoS2_ReleasedAgainByTheClientAfterReconnect_IsCompleted(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SendAsync(Packet.Publish(version, topic, [1], qos: 2, packetIdentifier: 5));
            await first.ExpectAckAsync(PacketType.PubRec, 5);
        }

        await using var second = await broker.ConnectAsync(request);
        await second.SendAsync(Packet.Acknowledge(PacketType.PubRel, 5));
        Assert.Equal(Reason.Success, (await second.ExpectAckAsync(PacketType.PubComp, 5)).ReasonCode);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Inflight_OfASessionThatIsTakenOver_GoesToTheNewConnection(MqttVersion version)
    {
        var (request, topic) = (ConnectRequest.Persistent(version, Unique.ClientId()), Unique.Topic());
        await using var older = await broker.ConnectAsync(request);
        await older.SubscribeAsync(topic, 1);
        await PublishAsync(version, topic, qos: 1, "a");
        var sent = await older.ExpectPublishAsync();

        await using var newer = await broker.ConnectAsync(request);
        var again = await newer.ReceiveAsync();
        Assert.Equal((sent.Text, sent.PacketIdentifier, true), (again.Text, again.PacketIdentifier, again.Dup));
        await newer.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(1, 0u)]
    [InlineData(1, 300u)]
    [InlineData(2, 0u)]
    [InlineData(2, 300u)]
    [Spec("MQTT5-4.4.0-2")]
    public async Task Refused_ByTheSubscriber_IsDoneAndNotSentAgain(int qos, uint expiry)
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expiry), Unique.Topic());
        byte[] reasons = [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
        await using (var first = await broker.ConnectSubscribedAsync(request, topic, qos))
        {
            await PublishAsync(MqttVersion.V50, topic, qos, [.. reasons.Select(static reason => $"{reason}"), "not refused"]);
            foreach (var reason in reasons)
            {
                var refused = await first.ExpectPublishAsync();
                Assert.Equal($"{reason}", refused.Text);
                var type = qos == 1 ? PacketType.PubAck : PacketType.PubRec;
                await first.SendAsync(Packet.Acknowledge(type, refused.PacketIdentifier, reason));
            }

            Assert.Equal("not refused", (await first.ExpectPublishAsync()).Text);
            await first.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
        }

        // What was neither refused nor acknowledged shows that the session is the old one.
        await using var second = await broker.ConnectAsync(request);
        if (expiry > 0)
            await second.ReceiveAllAsync("not refused");
        await second.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task NotAcknowledged_OnALiveConnection_IsNotSentAgain()
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
        await subscriber.SubscribeAsync(topic, 1);
        await PublishAsync(MqttVersion.V50, topic, qos: 1, "a");
        var sent = await subscriber.ExpectPublishAsync();
        await subscriber.ExpectNothingAsync(TimeSpan.FromSeconds(1));
        await subscriber.CompleteAsync(sent);
        await subscriber.ExpectNothingAsync();
    }

    private async Task PublishAsync(MqttVersion version, string topic, int qos, params string[] texts)
    {
        await using var publisher = await broker.ConnectAsync(version);
        foreach (var text in texts)
            await publisher.PublishAsync(topic, text, qos);
        await publisher.DisconnectAsync();
    }
}
