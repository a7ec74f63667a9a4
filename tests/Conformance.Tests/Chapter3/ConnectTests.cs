using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.1, CONNECT: what may stand in it, and what its properties bind the broker to.</summary>
public sealed class ConnectTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Connect_Plain_IsAcceptedWithoutSession(MqttVersion version)
    {
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, new ConnectRequest(version, Unique.ClientId()));
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
        await using var client = await RawClient.OpenAsync(broker.Tcp, version);
        foreach (var one in new ConnectRequest(version, Unique.ClientId()).ToBytes())
            await client.SendAsync(new[] { one });
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Connect_SubscribeAndPingInTheSameWrite_AreAnsweredAfterConnAck(MqttVersion version)
    {
        await using var client = await RawClient.OpenAsync(broker.Tcp, version);
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
        await using var client = await RawClient.OpenAsync(broker.Tcp, MqttVersion.V50);
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
}
