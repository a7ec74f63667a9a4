using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>User Properties on every packet of a client that may have them, and the bound on their number.</summary>
public sealed class UserPropertyTests
{
    private const byte QuotaExceeded = 0x97;

    private static readonly byte[] One = Property.UserProperty("name", "value");
    private static readonly byte[] Explanation = Property.Utf8(PropertyId.ReasonString, "why");

    [Fact]
    public async Task UserProperty_OnEveryPacket_IsAccepted()
    {
        await using var broker = await OwnBroker.StartAsync();
        await using var observer = await broker.ConnectAsync(MqttVersion.V50);
        await observer.SubscribeAsync("will", 1);
        await using var client = await broker.ConnectAsync(Request([One, One], [One, One]));

        Assert.Equal([2], (await client.SubscribeWithAckAsync([("t", 2)], One, One)).ReasonCodes);
        await client.PublishAsync("t", "qos 1", 1, retain: false, One, One);
        var received = await client.ExpectPublishAsync();
        Assert.Equal([("name", "value"), ("name", "value")], received.Properties.UserProperties);
        await client.SendAsync(Acknowledge(PacketType.PubAck, received.PacketIdentifier, One, Explanation, One));

        // The whole of QoS 2, in both directions.
        await client.SendAsync(Packet.Publish(MqttVersion.V50, "t", [1], 2, 77));
        await client.ExpectAckAsync(PacketType.PubRec, 77);
        await client.SendAsync(Acknowledge(PacketType.PubRel, 77, One, Explanation));
        await client.ExpectAckAsync(PacketType.PubComp, 77);
        received = await client.ExpectPublishAsync();
        await client.SendAsync(Acknowledge(PacketType.PubRec, received.PacketIdentifier, Explanation, One));
        await client.ExpectAckAsync(PacketType.PubRel, received.PacketIdentifier);
        await client.SendAsync(Acknowledge(PacketType.PubComp, received.PacketIdentifier, One));

        await client.SendAsync(Unsubscribe(78, "t", One, One));
        Assert.Equal(Reason.Success, Assert.Single((await client.ExpectAsync(PacketType.UnsubAck)).ToSubAck(MqttVersion.V50).ReasonCodes));
        await client.DisconnectAsync(Reason.DisconnectWithWill, One, Explanation, One);
        Assert.Equal([("name", "value"), ("name", "value")], (await observer.ReceiveAsync()).Properties.UserProperties);
    }

    [Fact]
    public async Task UserProperty_OnAuth_IsNotWhatIsWrongWithIt()
    {
        // AUTH without a method in CONNECT is a Protocol Error, but a well-formed packet.
        await using var broker = await OwnBroker.StartAsync();
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SendAsync(new ByteBuilder().Byte(0x19).Properties(Property.Utf8(PropertyId.AuthenticationMethod, "m"), One, One).ToPacket(0xF0));
        await client.ExpectDisconnectAsync(Reason.ProtocolError);
    }

    [Fact]
    public async Task MaxUserProperties_Exceeded_ClosesWhateverThePacket()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:MaxUserProperties=1");
        Assert.Equal(Reason.Success, await ConnectAsync(broker, Request([One], [One])));
        Assert.Equal(QuotaExceeded, await ConnectAsync(broker, Request([One, One], [])));
        Assert.Equal(QuotaExceeded, await ConnectAsync(broker, Request([], [One, One])));

        byte[][] packets =
        [
            Packet.Publish(MqttVersion.V50, "t", [1], properties: [One, One]),
            Packet.Publish(MqttVersion.V50, "t", [1], 1, 1, properties: [One, One]),
            Acknowledge(PacketType.PubAck, 1, One, One),
            Acknowledge(PacketType.PubRec, 1, One, One),
            Acknowledge(PacketType.PubRel, 1, One, One),
            Acknowledge(PacketType.PubComp, 1, One, One),
            Packet.Subscribe(MqttVersion.V50, 1, [("t", 1)], One, One),
            Unsubscribe(1, "t", One, One),
            Packet.Disconnect(MqttVersion.V50, Reason.DisconnectWithWill, One, One),
        ];
        foreach (var packet in packets)
        {
            await using var client = await broker.ConnectAsync(MqttVersion.V50);
            await client.SendAsync(packet);
            await client.ExpectDisconnectAsync(QuotaExceeded);
        }
    }

    private static ConnectRequest Request(IReadOnlyList<byte[]> properties, IReadOnlyList<byte[]> will) => new(MqttVersion.V50, Unique.ClientId())
    {
        Properties = properties,
        Will = new WillRequest("will", [1]) { Properties = will },
    };

    private static byte[] Acknowledge(PacketType type, int packetIdentifier, params byte[][] properties) =>
        new ByteBuilder().UInt16(packetIdentifier).Byte(Reason.Success).Properties(properties)
            .ToPacket(((int)type << 4) | (type == PacketType.PubRel ? 2 : 0));

    private static byte[] Unsubscribe(int packetIdentifier, string filter, params byte[][] properties) =>
        new ByteBuilder().UInt16(packetIdentifier).Properties(properties).Utf8(filter).ToPacket(0xA2);

    private static async Task<byte> ConnectAsync(OwnBroker broker, ConnectRequest request)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        await client.SendAsync(request.ToBytes());
        return (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50).ReasonCode;
    }
}
