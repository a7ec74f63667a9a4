using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Every limit that an owner sets, and what a client sees at it.</summary>
public sealed class LimitTests
{
    private const byte QuotaExceeded = 0x97;

    [Fact]
    public async Task MaxPacketSize_Exceeded_ClosesWithItsReason()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxPacketSize=4KiB");
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(version, Unique.ClientId()));
            await using (client)
            {
                if (version == MqttVersion.V50)
                    Assert.Equal(4096u, connAck.Properties.Integer(PropertyId.MaximumPacketSize));
                var fitting = new byte[4096 - Packet.Publish(version, "t", new byte[200]).Length + 200];
                Assert.Equal(4096, Packet.Publish(version, "t", fitting).Length);
                await client.SendAsync(Packet.Publish(version, "t", fitting));
                await client.PingAsync();
                await client.SendAsync(Packet.Publish(version, "t", [.. fitting, 0]));
                await client.ExpectDisconnectAsync(Reason.PacketTooLarge);
            }
        }
    }

    [Fact]
    public async Task ReceiveMaximum_Exceeded_ClosesA50Client()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:ReceiveMaximum=3");
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            Assert.Equal(3u, connAck.Properties.Integer(PropertyId.ReceiveMaximum));
            for (var i = 1; i <= 3; i++)
            {
                await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos: 2, packetIdentifier: i));
                await client.ExpectAckAsync(PacketType.PubRec, i);
            }

            await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos: 2, packetIdentifier: 4));
            await client.ExpectDisconnectAsync(Reason.ReceiveMaximumExceeded);
        }
    }

    [Fact]
    public async Task ReceiveMaximum_KeptByCompleting_LetsAnyNumberPass()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:ReceiveMaximum=1");
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        for (var i = 0; i < 50; i++)
            await client.PublishAsync("t", $"{i}", 1 + (i % 2));
    }

    [Fact]
    public async Task MaxInflight_Reached_HoldsTheRestBackInOrder()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxInflight=2");
        await using var subscriber = await broker.ConnectAsync(MqttVersion.V311);
        await subscriber.SubscribeAsync("t", 1);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V311);
        for (var i = 0; i < 5; i++)
            await publisher.PublishAsync("t", $"{i}", qos: 1);
        var first = await subscriber.ExpectPublishAsync();
        var second = await subscriber.ExpectPublishAsync();
        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));
        await subscriber.CompleteAsync(first);
        await subscriber.CompleteAsync(second);
        for (var i = 2; i < 5; i++)
            Assert.Equal($"{i}", (await subscriber.ReceiveAsync()).Text);
    }

    [Theory]
    [InlineData("DropOldest", new[] { "2", "3", "4" })]
    [InlineData("DropNewest", new[] { "0", "1", "2" })]
    [InlineData("Refuse", new[] { "0", "1", "2" })]
    public async Task MaxQueuedMessages_Reached_FollowsThePolicy(string policy, string[] kept)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxQueuedMessages=3", $"Broker:Limits:QueuePolicy={policy}");
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId());
        await using (var first = await broker.ConnectAsync(request))
        {
            await first.SubscribeAsync("t", 2);
            await first.DisconnectAsync();
        }

        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        for (var i = 0; i < 5; i++)
        {
            var expected = policy == "Refuse" && i >= 3 ? QuotaExceeded : Reason.Success;
            await publisher.SendAsync(Packet.Publish(MqttVersion.V50, "t", [(byte)('0' + i)], qos: 1, packetIdentifier: i + 1));
            Assert.Equal(expected, (await publisher.ExpectAckAsync(PacketType.PubAck, i + 1)).ReasonCode);
        }

        await using var second = await broker.ConnectAsync(request);
        foreach (var text in kept)
            Assert.Equal(text, (await second.ReceiveAsync()).Text);
        await second.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(MqttVersion.V311, (byte)0x80)]
    [InlineData(MqttVersion.V50, QuotaExceeded)]
    public async Task MaxSubscriptions_Reached_RefusesOneMore(MqttVersion version, byte refused)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxSubscriptionsPerSession=3");
        await using var client = await broker.ConnectAsync(version);
        var subAck = await client.SubscribeWithAckAsync([("a", 1), ("b", 1), ("c", 1), ("d", 1), ("a", 0)]);
        Assert.Equal([1, 1, 1, refused, 0], subAck.ReasonCodes);
        await client.UnsubscribeAsync("b");
        await client.SubscribeAsync("d", 1);
        await client.PublishAsync("d", "x", qos: 1);
        Assert.Equal("d", (await client.ReceiveAsync()).Topic);
    }

    [Fact]
    public async Task MaxKeepAlive_Below_HoldsThoseWhoAreToldOfIt()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxKeepAlive=1s");
        foreach (var asked in new[] { 0, 600 })
        {
            var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { KeepAlive = asked };
            var (v5, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, request);
            await using (v5)
            await using (var v311 = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V311, Unique.ClientId()) { KeepAlive = asked }))
            {
                Assert.Equal(1u, connAck.Properties.Integer(PropertyId.ServerKeepAlive));
                await v5.ExpectDisconnectAsync(Reason.KeepAliveTimeout);
                // 3.1.1 has no word for it: whoever is not told must not be closed for keeping its own promise.
                await v311.PingAsync();
            }
        }
    }

    [Fact]
    public async Task MaxSessionExpiry_Below_IsTold()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxSessionExpiry=60s");
        var (client, connAck) = await RawClient.ConnectWithAckAsync(
            broker.Endpoint, ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expirySeconds: 61));
        await using (client)
            Assert.Equal(60u, connAck.Properties.Integer(PropertyId.SessionExpiryInterval));
    }

    [Fact]
    [Spec("MQTT5-3.2.2-9")]
    public async Task MaxQoS_Below_IsToldAndHeld()
    {
        const byte QoSNotSupported = 0x9B;
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxQoS=1");
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId()));
        await using (client)
        {
            Assert.Equal(1u, connAck.Properties.Integer(PropertyId.MaximumQoS));
            Assert.Equal([1], (await client.SubscribeWithAckAsync([("t", 2)])).ReasonCodes);
            await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], qos: 2, packetIdentifier: 1));
            await client.ExpectDisconnectAsync(QoSNotSupported);
        }
    }

    [Theory]
    [InlineData(MqttVersion.V311, (byte)3)]
    [InlineData(MqttVersion.V50, QuotaExceeded)]
    public async Task MaxConnections_Reached_RefusesOneMore(MqttVersion version, byte refused)
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxConnections=2");
        await using var first = await broker.ConnectAsync(version);
        await using var second = await broker.ConnectAsync(version);
        await using (var third = await RawClient.OpenAsync(broker.Endpoint, version))
        {
            await third.SendAsync(new ConnectRequest(version, Unique.ClientId()).ToBytes());
            Assert.Equal(refused, (await third.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
            await third.ExpectClosedAsync();
        }

        await first.PingAsync();
        await second.PingAsync();
    }

    [Fact]
    public async Task MaxRetainedMessages_Reached_RefusesNewOnesOnly()
    {
        const int Maximum = 64;
        const int Count = 200;
        await using var broker = await OwnBroker.StartAsync($"Broker:Limits:MaxRetainedMessages={Maximum}");
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        var stored = new List<int>();
        for (var i = 1; i <= Count; i++)
        {
            if (await PublishAsync(i, "x") == Reason.Success)
                stored.Add(i);
        }

        Assert.InRange(stored.Count, 1, Maximum);
        Assert.Equal(Reason.Success, await PublishAsync(stored[0], "replaced"));
        Assert.Equal(Reason.Success, await PublishAsync(stored[0], ""));
        await client.SubscribeAsync("#", 0);
        for (var i = 1; i < stored.Count; i++)
            Assert.True((await client.ReceiveAsync()).Retain);
        await client.ExpectNothingAsync();

        async Task<byte> PublishAsync(int i, string text)
        {
            var payload = System.Text.Encoding.UTF8.GetBytes(text);
            await client.SendAsync(Packet.Publish(MqttVersion.V50, $"kept/{i}", payload, qos: 1, packetIdentifier: i, retain: true));
            var reason = (await client.ExpectAckAsync(PacketType.PubAck, i)).ReasonCode;
            Assert.Contains(reason, new[] { Reason.Success, Reason.NoMatchingSubscribers, QuotaExceeded });
            return reason == QuotaExceeded ? reason : Reason.Success;
        }
    }

    [Fact]
    public async Task MaxTopicLevels_Exceeded_IsRefused()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxTopicLevels=3");
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        Assert.Equal([0, Reason.TopicFilterInvalid], (await client.SubscribeWithAckAsync([("a/b/c", 0), ("a/b/c/d", 0)])).ReasonCodes);
        await client.PublishAsync("a/b/c", "x", qos: 1);
        Assert.Equal("x", (await client.ReceiveAsync()).Text);
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "a/b/c/d", [1], qos: 1, packetIdentifier: 9));
        var answer = await client.NextAsync();
        var reason = answer.Type == PacketType.PubAck ? answer.ToAck(MqttVersion.V50).ReasonCode : answer.ToDisconnect().ReasonCode;
        Assert.Equal(Reason.TopicNameInvalid, reason);
    }
}
