using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.1, CONNECT: what may stand in it, and what its properties bind the broker to.</summary>
public sealed class ConnectTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.4-5")]
    [Spec("MQTT311-3.1.4-4")]
    public async Task Connect_Plain_IsAcceptedWithoutSession(MqttVersion version)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(version, Unique.ClientId()));
        await using (client)
        {
            Assert.False(connAck.SessionPresent);
            await client.ExpectNothingAsync();
            await client.DisconnectAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Connect_CutAtEveryByte_IsAccepted(MqttVersion version)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        foreach (var one in new ConnectRequest(version, Unique.ClientId()).ToBytes())
            await client.SendAsync(new[] { one });
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.2.0-1")]
    [Spec("MQTT311-3.2.0-1")]
    public async Task Connect_SubscribeAndPingInTheSameWrite_AreAnsweredAfterConnAck(MqttVersion version)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        byte[] all =
        [
            .. new ConnectRequest(version, Unique.ClientId()).ToBytes(),
            .. Packet.Subscribe(version, 1, [(Unique.Topic(), 0)]),
            .. Packet.PingReq,
        ];
        await client.SendAsync(all);
        await client.ExpectAsync(PacketType.ConnAck);
        // A ping need not wait for a subscription.
        var answers = new[] { (await client.NextAsync()).Type, (await client.NextAsync()).Type };
        Assert.Equal([PacketType.SubAck, PacketType.PingResp], answers.Order());
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.0-2")]
    [Spec("MQTT5-3.2.0-2")]
    [Spec("MQTT311-3.1.0-2")]
    public async Task Connect_Second_IsAProtocolError(MqttVersion version)
    {
        var request = new ConnectRequest(version, Unique.ClientId());
        await using var client = await broker.ConnectAsync(request);
        await client.SendAsync(request.ToBytes());
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Fact]
    public async Task PasswordWithoutUserName_In50_IsAccepted()
    {
        await using var client = await broker.ConnectAsync(
            new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Password = "secret"u8.ToArray() });
        await client.PingAsync();
    }

    [Fact]
    [Spec("MQTT5-4.12.0-1")]
    public async Task AuthenticationMethod_NotSupported_IsRefused()
    {
        byte[] allowed = [0x8C, 0x87]; // Bad authentication method, Not authorized.
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await client.SendAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.Utf8(PropertyId.AuthenticationMethod, "no-such-method")],
        }.ToBytes());
        var ack = (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50);
        Assert.Contains(ack.ReasonCode, allowed);
        Assert.False(ack.SessionPresent);
        await client.ExpectClosedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.1.2-24")]
    [Spec("MQTT5-3.1.2-25")]
    public async Task MaximumPacketSize_OfTheClient_DropsLargerAndGoesOn(int qos)
    {
        const int Maximum = 100;
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.MaximumPacketSize(Maximum), Property.ReceiveMaximum(1)],
        });
        await subscriber.SubscribeAsync(topic, qos);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);

        // Type, length, topic with its length, properties' length, identifier from QoS 1 on: the rest is payload.
        var overhead = 1 + 1 + 2 + topic.Length + 1 + (qos > 0 ? 2 : 0);
        await publisher.PublishAsync(topic, new byte[Maximum - overhead + 1], qos, retain: false);
        await publisher.PublishAsync(topic, new byte[Maximum - overhead], qos, retain: false);
        Assert.Equal(Maximum - overhead, (await subscriber.ReceiveAsync()).Payload.Length);
        await subscriber.ExpectNothingAsync();
    }

    [Fact]
    [Spec("MQTT5-3.1.2-27")]
    public async Task TopicAlias_ClientAllowsNone_NoneIsSent()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync(topic, 1);
        for (var i = 0; i < 20; i++)
        {
            await client.PublishAsync(topic, "x", qos: 1);
            var message = await client.ReceiveAsync();
            Assert.Equal(topic, message.Topic);
            Assert.False(message.Properties.Has(PropertyId.TopicAlias));
        }
    }

    [Fact]
    [Spec("MQTT5-3.1.2-26")]
    public async Task TopicAlias_ClientAllowsSome_NoneIsAbove()
    {
        const uint Maximum = 2;
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.UInt16(PropertyId.TopicAliasMaximum, (int)Maximum)],
        });
        await client.SubscribeAsync($"{topic}/+", 1);
        for (var i = 0; i < 12; i++)
        {
            await client.PublishAsync($"{topic}/{i % 4}", "x", qos: 1);
            Assert.InRange((await client.ReceiveAsync()).Properties.Integer(PropertyId.TopicAlias) ?? 1, 1u, Maximum);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Spec("MQTT5-3.1.2-28")]
    public async Task RequestResponseInformation_NotSet_NoneComesBack(bool absent)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = absent ? [] : [Property.Byte(PropertyId.RequestResponseInformation, 0)],
        });
        await using (client)
            Assert.False(connAck.Properties.Has(PropertyId.ResponseInformation));
    }

    [Fact]
    [Spec("MQTT5-3.1.2-29")]
    public async Task RequestProblemInformation_Zero_NoAnswerExplainsItself()
    {
        await using var client = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V50, Unique.ClientId())
        {
            Properties = [Property.Byte(PropertyId.RequestProblemInformation, 0)],
        });
        var subAck = await client.SubscribeWithAckAsync([("a#", 0)]);
        Assert.Equal([Reason.TopicFilterInvalid], subAck.ReasonCodes);
        await client.SendAsync(Packet.Unsubscribe(MqttVersion.V50, 9, Unique.Topic(), "a#"));
        var unsubAck = (await client.ExpectAsync(PacketType.UnsubAck)).ToSubAck(MqttVersion.V50);
        Assert.Equal([Reason.NoSubscriptionExisted, Reason.TopicFilterInvalid], unsubAck.ReasonCodes);
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 77));
        var pubComp = await client.ExpectAckAsync(PacketType.PubComp, 77);
        Assert.Equal(Reason.PacketIdentifierNotFound, pubComp.ReasonCode);
        foreach (var properties in new[] { subAck.Properties, unsubAck.Properties, pubComp.Properties })
            Assert.False(properties.Has(PropertyId.ReasonString) || properties.Has(PropertyId.UserProperty));
    }

    /// <summary>The second CONNECT has the first one's will topic as client id: it must not be taken for the same client.</summary>
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.3-1")]
    [Spec("MQTT311-3.1.3-1")]
    public async Task Connect_WithEveryField_IsReadInTheirOrder(MqttVersion version)
    {
        var (clientId, topic) = (Unique.ClientId(), Unique.ClientId());
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, 0);
        await using var first = await broker.ConnectAsync(new ConnectRequest(version, clientId)
        {
            Will = new WillRequest(topic, "gone"u8.ToArray()),
            UserName = "user",
            Password = "password"u8.ToArray(),
        });
        await using var other = await broker.ConnectAsync(new ConnectRequest(version, topic));
        await first.PingAsync();
        await using var same = await broker.ConnectAsync(new ConnectRequest(version, clientId));
        await first.ExpectDisconnectAsync(Reason.SessionTakenOver);
        var will = await subscriber.ReceiveAsync();
        Assert.Equal((topic, "gone"), (will.Topic, will.Text));
        await other.PingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.4-6")]
    [Spec("MQTT311-3.1.4-5")]
    public async Task Connect_Refused_NothingBehindItIsProcessed(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, 0);
        byte[][] refused = [ConnectOfLevel(6), ConnectOfLevel((int)version, flags: version == MqttVersion.V31 ? 0x1E : 0x03)];
        foreach (var connect in refused)
        {
            await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
            await client.SendAsync((byte[])[.. connect, .. Packet.Publish(version, topic, [1]), .. Packet.PingReq]);
            var answer = await client.ReceiveUntilClosedAsync();
            Assert.True(answer is null or { Type: PacketType.ConnAck }, $"{answer}");
            await client.ExpectClosedAsync();
        }

        await subscriber.ExpectNothingAsync(TimeSpan.FromMilliseconds(300));

        byte[] ConnectOfLevel(int level, int flags = 0x02)
        {
            var body = new ByteBuilder().Utf8(version == MqttVersion.V31 ? "MQIsdp" : "MQTT").Byte(level).Byte(flags).UInt16(0);
            return body.Raw(BadInput.NoProperties(version)).Utf8(Unique.ClientId()).ToPacket(0x10);
        }
    }
}
