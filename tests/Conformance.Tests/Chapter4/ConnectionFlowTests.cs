using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>How packets lie in the stream: cut at every byte, many in one write, and after the end.</summary>
public sealed class ConnectionFlowTests(BrokerFixture broker)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task Conversation_CutAtEveryByte_IsUnderstood(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        await SendByteByByteAsync(new ConnectRequest(version, Unique.ClientId())
        {
            UserName = "user",
            Password = "password"u8.ToArray(),
            Will = new WillRequest(topic, "gone"u8.ToArray()) { Properties = [Property.UserProperty("a", "b")] },
        }.ToBytes());
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
        await SendByteByByteAsync(Packet.Subscribe(version, 1, [(topic, 2)]));
        await client.ExpectAsync(PacketType.SubAck);
        await SendByteByByteAsync(Packet.Publish(version, topic, "x"u8.ToArray(), qos: 2, packetIdentifier: 2));
        await client.ExpectAckAsync(PacketType.PubRec, 2);
        await SendByteByByteAsync(Packet.Acknowledge(PacketType.PubRel, 2));
        await client.ExpectAckAsync(PacketType.PubComp, 2);
        var message = await client.ExpectPublishAsync();
        await SendByteByByteAsync(Packet.Acknowledge(PacketType.PubRec, message.PacketIdentifier));
        await client.ExpectAckAsync(PacketType.PubRel, message.PacketIdentifier);
        await SendByteByByteAsync(Packet.Acknowledge(PacketType.PubComp, message.PacketIdentifier));
        await SendByteByByteAsync(Packet.Unsubscribe(version, 3, topic));
        await client.ExpectAsync(PacketType.UnsubAck);
        await SendByteByByteAsync(Packet.PingReq);
        await client.ExpectAsync(PacketType.PingResp);
        await SendByteByByteAsync(Packet.Disconnect(version));
        await client.ExpectClosedAsync();

        async Task SendByteByByteAsync(byte[] bytes)
        {
            foreach (var one in bytes)
                await client.SendAsync(new[] { one });
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.2.0-1")]
    [Spec("MQTT311-3.2.0-1")]
    public async Task WholeLifeInOneWrite_ConnectToDisconnect_IsDone(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        byte[] all =
        [
            .. new ConnectRequest(version, Unique.ClientId()) { Will = new WillRequest(topic, "gone"u8.ToArray()) }.ToBytes(),
            .. Packet.Publish(version, topic, "0"u8.ToArray()),
            .. Packet.Publish(version, topic, "1"u8.ToArray(), qos: 1, packetIdentifier: 1),
            .. Packet.Publish(version, topic, "2"u8.ToArray(), qos: 2, packetIdentifier: 2),
            .. Packet.Disconnect(version),
        ];
        await client.SendAsync(all);
        await client.ExpectAsync(PacketType.ConnAck);
        var texts = new[] { (await subscriber.ReceiveAsync()).Text, (await subscriber.ReceiveAsync()).Text, (await subscriber.ReceiveAsync()).Text };
        Assert.Equal(["0", "1", "2"], texts.Order());
        await subscriber.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.1.4-6")]
    [Spec("MQTT311-3.1.4-5")]
    public async Task PacketsAfterARefusedConnect_InOneWrite_DoNothing(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var client = await RawClient.OpenAsync(broker.Endpoint, version);
        byte[] all =
        [
            .. new ConnectRequest(version, new string('x', 65_535)) { Will = new WillRequest(topic, "gone"u8.ToArray()) }.ToBytes(),
            .. Packet.Publish(version, topic, "0"u8.ToArray(), retain: true),
            .. Packet.Publish(version, topic, "1"u8.ToArray(), qos: 1, packetIdentifier: 1),
        ];
        await client.SendAsync(all);
        Assert.NotEqual(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(version).ReasonCode);
        await client.ExpectClosedAsync();
        await subscriber.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.14.4-2")]
    [Spec("MQTT311-3.14.4-2")]
    public async Task PacketsAfterDisconnect_InOneWrite_DoNothing(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var client = await broker.ConnectAsync(
            new ConnectRequest(version, Unique.ClientId()) { Will = new WillRequest(topic, "gone"u8.ToArray()) });
        byte[] all =
        [
            .. Packet.Disconnect(version),
            .. Packet.Publish(version, topic, "0"u8.ToArray(), retain: true),
            .. Packet.Publish(version, topic, "1"u8.ToArray(), qos: 1, packetIdentifier: 1),
            .. Packet.PingReq,
            0x00,
            0xFF,
        ];
        await client.SendAsync(all);
        Assert.Null(await client.ExpectClosedAsync());
        await subscriber.ExpectNothingAsync(Quiet);
        await using var late = await broker.ConnectSubscribedAsync(version, topic, 2);
        await late.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.13.1-1")]
    [Spec("MQTT311-4.8.0-1")]
    public async Task PacketsAroundAProtocolError_InOneWrite_OnlyTheEarlierAreDone(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var client = await broker.ConnectAsync(version);
        byte[] all =
        [
            .. Packet.Publish(version, topic, "before"u8.ToArray()),
            .. Packet.Publish(version, "a/#", "wildcard"u8.ToArray()),
            .. Packet.Publish(version, topic, "after"u8.ToArray()),
            .. Packet.Disconnect(version),
        ];
        await client.SendAsync(all);
        await client.ExpectDisconnectAsync(Reason.TopicNameInvalid, Reason.MalformedPacket, Reason.ProtocolError);
        await subscriber.ReceiveAllAsync("before");
        await subscriber.ExpectNothingAsync(Quiet);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    public async Task KeepAliveZero_OfASilentClient_ClosesNothing(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(version, topic, 1);
        Assert.False(await client.IsAnythingThereAsync(TimeSpan.FromSeconds(3)));
        await client.PublishAsync(topic, "still there", qos: 1);
        await client.ReceiveAllAsync("still there");
    }
}
