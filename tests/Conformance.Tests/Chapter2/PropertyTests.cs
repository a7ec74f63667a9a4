using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter2;

/// <summary>MQTT5 section 2.2.2: properties and their length.</summary>
public sealed class PropertyTests(BrokerFixture broker)
{
    public static TheoryData<string, byte[], byte[]> Faults => new()
    {
        { "topic alias twice", Publish(Property.TopicAlias(1), Property.TopicAlias(1)), BadInput.Either },
        { "payload format 2", Publish(Property.Byte(PropertyId.PayloadFormatIndicator, 2)), BadInput.Either },
        { "property of CONNECT", Publish(Property.ReceiveMaximum(1)), BadInput.Either },
        { "unknown property", Publish([0x7F, 0x01]), BadInput.Malformed },
        { "longer than the packet", [0x30, 0x05, 0x00, 0x01, 0x61, 0x20, 0x01], BadInput.Malformed },
        { "cut by the block", [0x30, 0x06, 0x00, 0x01, 0x61, 0x02, 0x02, 0x00], BadInput.Malformed },
        { "length of five bytes", [0x30, 0x08, 0x00, 0x01, 0x61, 0x80, 0x80, 0x80, 0x80, 0x01], BadInput.Malformed },
        { "DISCONNECT with one twice", Disconnect(Property.SessionExpiryInterval(0), Property.SessionExpiryInterval(0)), BadInput.Either },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    [Spec("MQTT5-4.13.1-1")]
    public async Task Properties_Illegal_Close(string name, byte[] bytes, byte[] reasons)
    {
        Assert.NotEmpty(name);
        await broker.ExpectRefusalAsync(MqttVersion.V50, bytes, reasons);
    }

    [Fact]
    [Spec("MQTT5-2.2.2-1")]
    public async Task PropertyLength_LeftOut_Closes()
    {
        await broker.ExpectRefusalAsync(MqttVersion.V50, new ByteBuilder().Utf8("a").ToPacket(0x30), BadInput.Malformed);
        await broker.ExpectRefusalAsync(
            MqttVersion.V50, new ByteBuilder().UInt16(1).Utf8("a").Byte(0).ToPacket(0x82), BadInput.Either);
        await broker.ExpectRefusalAsync(MqttVersion.V50, new ByteBuilder().UInt16(1).Utf8("a").ToPacket(0xA2), BadInput.Either);
    }

    [Fact]
    [Spec("MQTT5-2.2.2-1")]
    public async Task PropertyLength_WithoutProperties_IsZero()
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(Packet.Subscribe(MqttVersion.V50, 0x0102, [(topic, 0)]));
        Assert.Equal([0x01, 0x02, 0x00, 0x00], (await client.ExpectAsync(PacketType.SubAck)).Body);

        await client.PublishAsync(topic, "x");
        Assert.Equal(new ByteBuilder().Utf8(topic).Byte(0).Byte('x').ToArray(), (await client.ExpectAsync(PacketType.Publish)).Body);

        await client.SendAsync(Packet.Unsubscribe(MqttVersion.V50, 0x0103, topic));
        Assert.Equal([0x01, 0x03, 0x00, 0x00], (await client.ExpectAsync(PacketType.UnsubAck)).Body);
    }

    private static byte[] Publish(params byte[][] properties) => Packet.Publish(MqttVersion.V50, "a", [1], properties: properties);

    private static byte[] Disconnect(params byte[][] properties) => new ByteBuilder().Byte(0).Properties(properties).ToPacket(0xE0);
}
