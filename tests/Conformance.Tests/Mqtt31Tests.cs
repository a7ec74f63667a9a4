using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests;

/// <summary>MQTT 3.1 (<c>MQIsdp</c>, level 3) where it differs from its successors; <c>docs/mqtt31.md</c> lists the same rows.</summary>
public sealed class Mqtt31Tests(BrokerFixture broker)
{
    private const byte IdentifierRejected = 2;
    private const int UserNameFlag = 0x80;
    private const int PasswordFlag = 0x40;
    private const int WillRetainFlag = 0x20;
    private const int WillQoS2 = 0x10;
    private const int WillFlag = 0x04;
    private const int CleanSession = 0x02;

    [Theory]
    [InlineData("MQTT", 3)]
    [InlineData("MQIsdp", 4)]
    [InlineData("MQIsdp", 5)]
    [InlineData("MQIsdp", 0x83)]
    public async Task ProtocolName_WithAnotherVersionsLevel_IsNotAccepted(string name, int level)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(new ByteBuilder().Utf8(name).Byte(level).Byte(CleanSession).UInt16(0).Utf8(Unique.ClientId()).ToPacket(0x10));
        await client.WaitForFrameAsync();
        if (client.TryNext() is { } answer)
            Assert.NotEqual(Reason.Success, answer.Body[1]);
        await client.ExpectClosedAsync(skipped: PacketType.ConnAck);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(1_024)]
    public async Task ClientId_OfOneToThisManyCharacters_IsAccepted(int length)
    {
        Assert.SkipWhen(BrokerProcess.IsForeign && length > 23, "3.1 lets a broker refuse more than 23 characters");
        await using var client = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V31, new string('3', length)));
        await client.DisconnectAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientId_Empty_IsRefused(bool clean)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(new ConnectRequest(MqttVersion.V31, "") { CleanStart = clean }.ToBytes());
        var connAck = await client.ExpectAsync(PacketType.ConnAck);
        Assert.Equal(new byte[] { 0, IdentifierRejected }, connAck.Body);
        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task ConnAck_OfAResumedSession_HasNoSessionPresent()
    {
        var (request, topic) = (ConnectRequest.Persistent(MqttVersion.V31, Unique.ClientId()), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(request, topic, 1);
        await broker.PublishAsync(MqttVersion.V31, topic, 1, "queued");
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(request.ToBytes());
        Assert.Equal(new byte[] { 0, 0 }, (await client.ExpectAsync(PacketType.ConnAck)).Body);
        await client.ReceiveAllAsync("queued");
    }

    [Fact]
    public async Task Session_OfA31Client_IsPresentForIts311Successor()
    {
        var (clientId, topic) = (Unique.ClientId(), Unique.Topic());
        await broker.SubscribeAndLeaveAsync(ConnectRequest.Persistent(MqttVersion.V31, clientId), topic, 1);
        var (client, connAck) = await RawClient.ConnectWithAckAsync(broker.Endpoint, ConnectRequest.Persistent(MqttVersion.V311, clientId));
        await using (client)
            Assert.True(connAck.SessionPresent);
    }

    /// <summary>Remaining Length goes before the flags: both may be set and the strings be missing.</summary>
    [Theory]
    [InlineData(UserNameFlag)]
    [InlineData(UserNameFlag | PasswordFlag)]
    public async Task UserNameAndPassword_FlaggedAndMissing_AreAccepted(int flags)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(Connect(flags | CleanSession).ToPacket(0x10));
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V31).ReasonCode);
        await client.PingAsync();
    }

    [Fact]
    public async Task Password_FlaggedAndMissingAfterAUserName_IsAccepted()
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(Connect(UserNameFlag | PasswordFlag | CleanSession).Utf8("user").ToPacket(0x10));
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V31).ReasonCode);
    }

    [Fact]
    public async Task Password_WithoutUserName_IsNotAccepted()
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(new ConnectRequest(MqttVersion.V31, Unique.ClientId()) { Password = "secret"u8.ToArray() }.ToBytes());
        Assert.Null(await client.ExpectClosedAsync());
    }

    [Fact]
    public async Task NotAcknowledged_OnALiveConnection_IsNotSentAgain()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V31, topic, 1);
        await broker.PublishAsync(MqttVersion.V31, topic, 1, "x");
        await client.ExpectPublishAsync();
        await client.ExpectNothingAsync(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(1_000)]
    public async Task UserNameAndPassword_LongerThanTheRecommendedTwelve_AreAccepted(int length)
    {
        await using var client = await broker.ConnectAsync(new ConnectRequest(MqttVersion.V31, Unique.ClientId())
        {
            UserName = new string('u', length),
            Password = [.. Enumerable.Repeat((byte)'p', length)],
        });
        await client.PingAsync();
    }

    /// <summary>3.1 calls them unused where its successors demand zero.</summary>
    [Theory]
    [InlineData(0x01)]
    [InlineData(WillRetainFlag)]
    [InlineData(WillQoS2)]
    [InlineData(WillRetainFlag | WillQoS2 | 0x01)]
    public async Task ConnectFlags_ThatMeanNothingWithoutAWill_AreIgnored(int flags)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(Connect(flags | CleanSession).ToPacket(0x10));
        Assert.Equal(Reason.Success, (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V31).ReasonCode);
    }

    [Fact]
    public async Task WillQoS_Three_IsNotAccepted()
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V31);
        await client.SendAsync(Connect(WillFlag | 0x18 | CleanSession).Utf8("t").Utf8("gone").ToPacket(0x10));
        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task Will_WithBytesThatAreNoText_IsPublishedAsItIs()
    {
        var topic = Unique.Topic();
        byte[] payload = [0xFF, 0x00, 0xC0];
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V31, topic, 2);
        var will = new WillRequest(topic, payload) { QoS = 2 };
        await (await broker.ConnectAsync(new ConnectRequest(MqttVersion.V31, Unique.ClientId()) { Will = will })).DisposeAsync();
        Assert.Equal(payload, (await subscriber.ReceiveAsync()).Payload);
    }

    /// <summary>DUP on SUBSCRIBE, UNSUBSCRIBE and PUBREL: a 3.1 client may send these again on the same connection.</summary>
    [Fact]
    public async Task SubscribeUnsubscribeAndPubRel_SentAgainWithDup_AreAnsweredAgain()
    {
        const int Dup = 0x08;
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V31);
        await SendTwiceAsync(Packet.Subscribe(MqttVersion.V31, 1, [(topic, 2)]), PacketType.SubAck);
        await client.SendAsync(Packet.Publish(MqttVersion.V31, topic, "once"u8.ToArray(), qos: 2, packetIdentifier: 2));
        await client.ExpectAckAsync(PacketType.PubRec, 2);
        await client.SendAsync(Packet.Publish(MqttVersion.V31, topic, "once"u8.ToArray(), qos: 2, packetIdentifier: 2, dup: true));
        await client.ExpectAckAsync(PacketType.PubRec, 2);
        await SendTwiceAsync(Packet.Acknowledge(PacketType.PubRel, 2), PacketType.PubComp);
        await client.ReceiveAllAsync("once");
        await SendTwiceAsync(Packet.Unsubscribe(MqttVersion.V31, 3, topic), PacketType.UnsubAck);
        await client.ExpectNothingAsync();

        async Task SendTwiceAsync(byte[] packet, PacketType answer)
        {
            await client.SendAsync(packet);
            await client.ExpectAnswerAsync(answer);
            packet[0] |= Dup;
            await client.SendAsync(packet);
            await client.ExpectAnswerAsync(answer);
        }
    }

    [Fact]
    public async Task Dup_AtQoS0_IsIgnored()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V31, topic, 0);
        await client.SendAsync(Packet.Publish(MqttVersion.V31, topic, "x"u8.ToArray(), dup: true));
        var message = await client.ReceiveAsync();
        Assert.Equal(("x", false), (message.Text, message.Dup));
    }

    /// <summary>3.1 has no code for a refusal. This broker says 0x80 as to a 3.1.1 client: its two low bits, all that a 3.1 client may look at, say QoS 0.</summary>
    [Fact]
    public async Task SubAck_OfARefusedFilter_IsTheFailureOf311()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V31);
        var subAck = await client.SubscribeWithAckAsync([("a/#/b", 1), (Unique.Topic(), 1)]);
        Assert.Equal([0x80, 1], subAck.ReasonCodes);
        await client.PingAsync();
    }

    [Fact]
    public async Task UnsubAck_HasNoCodes()
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V31);
        await client.SendAsync(Packet.Unsubscribe(MqttVersion.V31, 7, "a", "b"));
        Assert.Equal(new byte[] { 0, 7 }, (await client.ExpectAsync(PacketType.UnsubAck)).Body);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0x80 })] // U+0000 as Java's writeUTF has it
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80 })] // U+1F600 as two surrogates
    public async Task Topic_InJavasModifiedUtf8_CloseTheConnection(byte[] topic)
    {
        await using var client = await broker.ConnectAsync(MqttVersion.V31);
        await client.SendAsync(new ByteBuilder().Binary(topic).Byte('x').ToPacket(0x30));
        await client.ExpectClosedAsync();
    }

    [Fact]
    public async Task Topic_BeyondTheBasicPlane_PassesIn31()
    {
        var topic = $"{Unique.Topic()}/\U0001F600";
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V31, topic, 1);
        await client.PublishAsync(topic, "x", qos: 1);
        Assert.Equal(topic, (await client.ReceiveAsync()).Topic);
    }

    [Fact]
    public async Task Publish_FromA50Client_ComesWithoutProperties()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectSubscribedAsync(MqttVersion.V31, topic, 2);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.PublishAsync(topic, "x", 2, retain: false, Property.UserProperty("a", "b"), Property.MessageExpiryInterval(100));
        var frame = await client.ExpectAsync(PacketType.Publish);
        // Topic with its length, packet identifier, payload: nothing else fits in.
        Assert.Equal(2 + topic.Length + 2 + 1, frame.Body.Length);
        await client.CompleteAsync(frame.ToPublish(MqttVersion.V31));
    }

    private static ByteBuilder Connect(int flags) =>
        new ByteBuilder().Utf8("MQIsdp").Byte(3).Byte(flags).UInt16(0).Utf8(Unique.ClientId());
}
