using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.3, PUBLISH: its flags, topic name and payload.</summary>
public sealed class PublishTests(BrokerFixture broker)
{
    /// <summary>No UTF-8: a cut sequence, a surrogate, an overlong slash, a byte that never occurs.</summary>
    private static readonly byte[][] NotUtf8 = [[0xC3, 0x28], [0x61, 0xED, 0xA0, 0x80], [0xC0, 0xAF], [0x61, 0xFF]];

    [Fact]
    [Spec("MQTT5-4.2.0-1")]
    [Spec("MQTT311-7.1.1-1")]
    public async Task Payload_OfOneMebibyte_PassesUnaltered()
    {
        var payload = new byte[1024 * 1024];
        new Random(1).NextBytes(payload);
        var topic = Unique.Topic();
        foreach (var version in Enum.GetValues<MqttVersion>())
        {
            await using var client = await broker.ConnectAsync(version);
            for (var qos = 0; qos <= 2; qos++)
            {
                await client.SubscribeAsync(topic, qos);
                await client.PublishAsync(topic, payload, qos, retain: false);
                var received = (await client.ReceiveAsync()).Payload;
                Assert.True(payload.AsSpan().SequenceEqual(received));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.1-4")]
    [Spec("MQTT311-3.3.1-4")]
    public async Task QoS_OfThree_Closes(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        foreach (var flags in new[] { 0x36, 0x37, 0x3E, 0x3F })
        {
            var packet = BadInput.WithFirst(flags, Packet.Publish(version, topic, [1], qos: 1, packetIdentifier: 1));
            await broker.ExpectRefusalAsync(version, packet, BadInput.Malformed);
        }

        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-3.3.2-1")]
    [Spec("MQTT311-3.3.2-1")]
    public async Task TopicName_NotAUtf8StringAtTheBeginning_Closes(MqttVersion version, int qos)
    {
        var end = new ByteBuilder();
        if (qos > 0)
            end.UInt16(1);
        end.Raw(BadInput.NoProperties(version)).Byte('x');
        foreach (var topic in NotUtf8)
        {
            var packet = new ByteBuilder().Binary(topic).Raw(end.ToArray()).ToPacket(0x30 | (qos << 1));
            await broker.ExpectRefusalAsync(version, packet, BadInput.BadTopic);
        }

        byte[][] noTopics = [[], [0x00], [0x00, 0x09, 0x61, 0x62], [0xFF, 0xFF, .. end.ToArray()]];
        foreach (var body in noTopics)
            await broker.ExpectRefusalAsync(version, new ByteBuilder().Raw(body).ToPacket(0x30 | (qos << 1)), BadInput.Malformed);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-3.3.2-1")]
    [Spec("MQTT311-3.3.2-1")]
    public async Task TopicName_OfADelivery_IsItsFirstField(MqttVersion version, int qos)
    {
        var topic = $"{Unique.Topic()}/ä €😀";
        await using var client = await broker.ConnectSubscribedAsync(version, topic, qos);
        await broker.PublishAsync(version, topic, qos, "x");
        var frame = await client.ExpectAsync(PacketType.Publish);
        var expected = new ByteBuilder().Utf8(topic).ToArray();
        Assert.Equal(expected, frame.Body[..expected.Length]);
    }

    [Theory]
    [MemberData(nameof(Matrix.VersionsAndQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-3.3.2-2")]
    [Spec("MQTT311-3.3.2-2")]
    public async Task TopicName_WithWildcard_ClosesAndReachesNobody(MqttVersion version, int qos)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, $"{topic}/#", qos);
        foreach (var name in new[] { "#", "+", $"{topic}/#", $"{topic}/+", $"{topic}/+/b", $"{topic}/a+", $"{topic}/a#b" })
        {
            var packet = Packet.Publish(version, name, [1], qos, packetIdentifier: 1);
            await broker.ExpectRefusalAsync(version, packet, BadInput.BadTopic);
        }

        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.3.4-1")]
    [Spec("MQTT311-3.3.4-1")]
    public async Task Publish_OfEachQoS_GetsTheAnswerOfItsQoSAndNoOther(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(version, topic, 2);
        await using var client = await broker.ConnectAsync(version);
        await client.SendAsync(Packet.Publish(version, topic, [0]));
        await client.ExpectNothingAsync();

        await client.SendAsync(Packet.Publish(version, topic, [1], qos: 1, packetIdentifier: 0x1234));
        await ExpectNextAsync(client, PacketType.PubAck);
        await client.ExpectNothingAsync();

        await client.SendAsync(Packet.Publish(version, topic, [2], qos: 2, packetIdentifier: 0x1234));
        await ExpectNextAsync(client, PacketType.PubRec);
        await client.ExpectNothingAsync();
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, 0x1234));
        await ExpectNextAsync(client, PacketType.PubComp);
        await client.ExpectNothingAsync();
        for (var i = 0; i <= 2; i++)
        {
            var message = await subscriber.ReceiveAsync();
            Assert.Equal((i, i), (message.QoS, (int)message.Payload[0]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [Spec("MQTT5-3.3.4-6")]
    public async Task SubscriptionIdentifier_FromAClient_Closes(int qos)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectSubscribedAsync(MqttVersion.V50, topic, qos);
        foreach (var value in new[] { 1, 268_435_455 })
        {
            var packet = Packet.Publish(MqttVersion.V50, topic, [1], qos, 1, properties: Property.SubscriptionIdentifier(value));
            await broker.ExpectRefusalAsync(MqttVersion.V50, packet, BadInput.Either);
        }

        await subscriber.ExpectNothingAsync();
    }

    private static async Task ExpectNextAsync(RawClient client, PacketType type)
    {
        var ack = (await client.ExpectAsync(type)).ToAck(client.Version);
        Assert.Equal((0x1234, Reason.Success), (ack.PacketIdentifier, ack.ReasonCode));
    }
}
