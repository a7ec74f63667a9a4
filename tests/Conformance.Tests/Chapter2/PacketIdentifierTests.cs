using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter2;

/// <summary>MQTT5 section 2.2.1, MQTT311 section 2.3.1: packet identifiers.</summary>
public sealed class PacketIdentifierTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Matrix.VersionsAndAcknowledgedQoS), MemberType = typeof(Matrix))]
    [Spec("MQTT5-2.2.1-4")]
    [Spec("MQTT5-4.3.2-1")]
    [Spec("MQTT5-4.3.3-1")]
    [Spec("MQTT311-2.3.1-1")]
    [Spec("MQTT311-4.3.2-1")]
    [Spec("MQTT311-4.3.3-1")]
    public async Task PacketIdentifier_OfEveryDelivery_IsUnusedAndNotZero(MqttVersion version, int qos)
    {
        const int Count = 20;
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, qos);
        await using var publisher = await broker.ConnectAsync(version);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", qos);
        var identifiers = new HashSet<int>();
        for (var i = 0; i < Count; i++)
            Assert.True(identifiers.Add((await subscriber.ExpectPublishAsync()).PacketIdentifier));
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-2.2.1-3")]
    [Spec("MQTT311-2.3.1-1")]
    public async Task PacketIdentifier_Zero_Closes(MqttVersion version)
    {
        byte[][] packets =
        [
            Packet.Subscribe(version, 0, [("a", 0)]),
            Packet.Unsubscribe(version, 0, "a"),
            Packet.Publish(version, "a", [1], qos: 1),
            Packet.Publish(version, "a", [1], qos: 2),
            Packet.Acknowledge(PacketType.PubAck, 0),
            Packet.Acknowledge(PacketType.PubRel, 0),
        ];
        foreach (var packet in packets)
            await broker.ExpectRefusalAsync(version, packet, BadInput.Either);
        await broker.ExpectRefusalAsync(version, [0x32, 0x03, 0x00, 0x01, 0x61], BadInput.Malformed); // the packet ends before it
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-2.2.1-2")]
    [Spec("MQTT311-2.3.1-5")]
    public async Task PublishAtQoS0_EitherWay_HasNoIdentifier(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync(topic, 2);
        // Were an identifier expected behind the topic, it would be taken from the payload.
        byte[] payload = [0x00, 0x05, 0x00, 0x07];
        await client.SendAsync(Packet.Publish(version, topic, payload));
        var publish = await client.ExpectAsync(PacketType.Publish);
        Assert.Equal(0x30, publish.FirstByte);
        Assert.Equal(new ByteBuilder().Utf8(topic).Raw(BadInput.NoProperties(version)).Raw(payload).ToArray(), publish.Body);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-2.2.1-5")]
    [Spec("MQTT311-2.3.1-6")]
    public async Task Acknowledgement_OfEveryPublish_HasItsIdentifier(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        foreach (var id in new[] { 1, 0x0100, 0xABCD, 65_535 })
        {
            await client.SendAsync(Packet.Publish(version, topic, [1], qos: 1, packetIdentifier: id));
            await client.ExpectAckAsync(PacketType.PubAck, id);
            await client.SendAsync(Packet.Publish(version, topic, [1], qos: 2, packetIdentifier: id));
            await client.ExpectAckAsync(PacketType.PubRec, id);
            await client.SendAsync(Packet.Acknowledge(PacketType.PubRel, id));
            await client.ExpectAckAsync(PacketType.PubComp, id);
        }

        await client.SubscribeAsync(topic, 2);
        await client.PublishAsync(topic, "x", qos: 2);
        var publish = await client.ExpectPublishAsync();
        await client.SendAsync(Packet.Acknowledge(PacketType.PubRec, publish.PacketIdentifier));
        await client.ExpectAckAsync(PacketType.PubRel, publish.PacketIdentifier);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-2.2.1-6")]
    [Spec("MQTT311-2.3.1-7")]
    public async Task SubAckAndUnsubAck_OfSeveralRequests_HaveTheirIdentifiers(MqttVersion version)
    {
        int[] identifiers = [1, 0x0100, 0xABCD, 65_535, 7];
        await using var client = await broker.ConnectAsync(version);
        await client.SendAsync(identifiers.SelectMany(id => Packet.Subscribe(version, id, [(Unique.Topic(), 0)])).ToArray());
        foreach (var id in identifiers)
            Assert.Equal(id, (await client.ExpectAsync(PacketType.SubAck)).ToSubAck(version).PacketIdentifier);
        await client.SendAsync(identifiers.SelectMany(id => Packet.Unsubscribe(version, id, Unique.Topic())).ToArray());
        foreach (var id in identifiers)
            Assert.Equal(id, (await client.ExpectAsync(PacketType.UnsubAck)).ToSubAck(version).PacketIdentifier);
    }
}
