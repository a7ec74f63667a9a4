using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT sections 3.1.2.5 and 3.1.3.2: when a will is published, and when it is not.</summary>
public sealed class ConnectWillTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.PairsAndQoS), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-7")]
    [Spec("MQTT5-3.1.2-8")]
    [Spec("MQTT311-3.1.2-8")]
    public async Task Will_NetworkConnectionLost_IsPublished(MqttVersion willVersion, MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(version, topic);
        await using (var client = await broker.ConnectAsync(With(willVersion, new WillRequest(topic, "gone"u8.ToArray()) { QoS = qos })))
            await client.PingAsync();
        var will = await subscriber.ReceiveAsync();
        Assert.Equal(("gone", qos, false), (will.Text, will.QoS, will.Retain));
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Will_ConnectionReset_IsPublished(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(version, topic);
        await using var client = await broker.ConnectAsync(With(version, new WillRequest(topic, "gone"u8.ToArray())));
        await client.ResetAsync();
        Assert.Equal("gone", (await subscriber.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Will_ProtocolError_IsPublished(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(version, topic);
        await using var client = await broker.ConnectAsync(With(version, new WillRequest(topic, "gone"u8.ToArray())));
        await client.SendAsync(new byte[] { 0x00, 0x00 });
        await client.ExpectClosedAsync();
        Assert.Equal("gone", (await subscriber.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Will_KeepAlivePassed_IsPublished(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(version, topic);
        await using var client = await broker.ConnectAsync(With(version, new WillRequest(topic, "gone"u8.ToArray())) with { KeepAlive = 1 });
        Assert.Equal("gone", (await subscriber.ReceiveAsync()).Text);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.14.4-3")]
    [Spec("MQTT311-3.1.2-10")]
    [Spec("MQTT311-3.14.4-3")]
    public async Task Will_CleanDisconnect_IsNotPublished(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(version, topic);
        await using var client = await broker.ConnectAsync(With(version, new WillRequest(topic, "gone"u8.ToArray())));
        await client.DisconnectAsync();
        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Will_DisconnectWithWill_IsPublished()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(MqttVersion.V50, topic);
        await using var client = await broker.ConnectAsync(With(MqttVersion.V50, new WillRequest(topic, "gone"u8.ToArray())));
        await client.DisconnectAsync(Reason.DisconnectWithWill);
        Assert.Equal("gone", (await subscriber.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Will_Takeover_IsPublished(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(version, topic);
        var request = With(version, new WillRequest(topic, "gone"u8.ToArray()));
        await using var older = await broker.ConnectAsync(request);
        await using var newer = await broker.ConnectAsync(request with { Will = null });
        Assert.Equal("gone", (await subscriber.ReceiveAsync()).Text);
        await newer.DisconnectAsync();
        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-14")]
    [Spec("MQTT5-3.1.2-15")]
    [Spec("MQTT311-3.1.2-16")]
    [Spec("MQTT311-3.1.2-17")]
    public async Task Will_Retain_IsKeptOnlyWithTheFlag(MqttVersion version)
    {
        foreach (var retain in new[] { true, false })
        {
            var topic = Unique.Topic();
            await using var subscriber = await SubscribeAsync(version, topic);
            await using (await broker.ConnectAsync(With(version, new WillRequest(topic, "gone"u8.ToArray()) { QoS = 1, Retain = retain })))
            {
            }

            Assert.False((await subscriber.ReceiveAsync()).Retain);
            await using var late = await broker.ConnectAsync(version);
            await late.SubscribeAsync(topic, 1);
            if (retain)
                Assert.Equal(("gone", true), await late.ReceiveAsync() is var kept ? (kept.Text, kept.Retain) : default);
            await late.ExpectNothingAsync();
        }
    }

    [Fact]
    [Spec("MQTT5-3.1.3-10")]
    public async Task Will_Properties_ArePassedOn()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(MqttVersion.V50, topic);
        await using (await broker.ConnectAsync(With(MqttVersion.V50, new WillRequest(topic, "gone"u8.ToArray())
        {
            Properties =
            [
                Property.Byte(PropertyId.PayloadFormatIndicator, 1),
                Property.MessageExpiryInterval(100),
                Property.Utf8(PropertyId.ContentType, "text/plain"),
                Property.Utf8(PropertyId.ResponseTopic, "answer/here"),
                Property.Binary(PropertyId.CorrelationData, [1, 2, 3]),
                Property.UserProperty("a", "1"),
                Property.UserProperty("a", "2"),
            ],
        })))
        {
        }

        var properties = (await subscriber.ReceiveAsync()).Properties;
        Assert.Equal(1u, properties.Integer(PropertyId.PayloadFormatIndicator));
        Assert.InRange(properties.Integer(PropertyId.MessageExpiryInterval)!.Value, 98u, 100u);
        Assert.Equal("text/plain", properties.Text(PropertyId.ContentType));
        Assert.Equal("answer/here", properties.Text(PropertyId.ResponseTopic));
        Assert.Equal(new byte[] { 1, 2, 3 }, properties.Bytes(PropertyId.CorrelationData));
        Assert.Equal([("a", "1"), ("a", "2")], properties.UserProperties);
        Assert.False(properties.Has(PropertyId.WillDelayInterval));
    }

    [Fact]
    [Spec("MQTT5-3.1.3-9")]
    public async Task WillDelay_ClientBackInTime_NothingIsPublished()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(MqttVersion.V50, topic);
        var request = Delayed(topic, delay: 2, expiry: 300);
        await using (await broker.ConnectAsync(request))
        {
        }

        await using var back = await broker.ConnectAsync(request with { Will = null });
        await subscriber.ExpectNothingAsync(TimeSpan.FromSeconds(3.5));
    }

    [Theory]
    [InlineData(1, 300, 1)]
    [InlineData(300, 1, 1)]
    [InlineData(300, 0, 0)]
    [InlineData(0, 300, 0)]
    public async Task WillDelay_ClientStaysAway_IsPublishedAtTheEarlierOfDelayAndExpiry(int delay, int expiry, int expected)
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(MqttVersion.V50, topic);
        var client = await broker.ConnectAsync(Delayed(topic, (uint)delay, (uint)expiry));
        var start = TimeProvider.System.GetTimestamp();
        await client.DisposeAsync();
        var will = await subscriber.ExpectAsync(PacketType.Publish);
        var took = TimeProvider.System.GetElapsedTime(start, will.Received);
        Assert.Equal("gone", will.ToPublish(MqttVersion.V50).Text);
        Assert.InRange(took, TimeSpan.FromSeconds(expected), TimeSpan.FromSeconds(expected + 3));
    }

    [Fact]
    public async Task WillDelay_SessionEndedByCleanStart_IsPublishedAtOnce()
    {
        var topic = Unique.Topic();
        await using var subscriber = await SubscribeAsync(MqttVersion.V50, topic);
        var request = Delayed(topic, delay: 300, expiry: 300);
        await using (await broker.ConnectAsync(request))
        {
        }

        await using var clean = await broker.ConnectAsync(request with { CleanStart = true, Will = null });
        Assert.Equal("gone", (await subscriber.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.2-10")]
    [Spec("MQTT311-3.1.2-10")]
    [Spec("MQTT311-3.1.2-12")]
    public async Task Will_PublishedOrTakenBack_IsNotPublishedLater(MqttVersion version)
    {
        foreach (var takesBack in new[] { false, true })
        {
            var topic = Unique.Topic();
            await using var subscriber = await SubscribeAsync(version, topic);
            var request = ConnectRequest.Persistent(version, Unique.ClientId());
            await using (var first = await broker.ConnectAsync(request with { Will = new WillRequest(topic, "gone"u8.ToArray()) }))
            {
                if (takesBack)
                    await first.DisconnectAsync();
            }

            if (!takesBack)
                Assert.Equal("gone", (await subscriber.ReceiveAsync()).Text);

            // The session is the same; this connection and its end have no will.
            await using (var second = await broker.ConnectAsync(request))
                await second.PingAsync();
            await using (await broker.ConnectAsync(request))
                await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
        }
    }

    private static ConnectRequest With(MqttVersion version, WillRequest will) => new(version, Unique.ClientId()) { Will = will };

    private static ConnectRequest Delayed(string topic, uint delay, uint expiry) =>
        ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expiry) with
        {
            Will = new WillRequest(topic, "gone"u8.ToArray()) { Properties = [Property.WillDelayInterval(delay)] },
        };

    private async Task<RawClient> SubscribeAsync(MqttVersion version, string topic)
    {
        var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, 2);
        return subscriber;
    }
}
