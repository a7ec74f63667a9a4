using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.OwnBroker;

/// <summary>Payload Format Indicator 1 on what is not UTF-8, with and without the check.</summary>
public sealed class PayloadFormatTests
{
    private static readonly byte[] IsUtf8 = Property.Byte(PropertyId.PayloadFormatIndicator, 1);

    /// <summary>A lone continuation byte, an overlong slash, a surrogate, a cut sequence.</summary>
    private static readonly byte[][] NotUtf8 = [[0x80], [0xC0, 0xAF], [0x61, 0xED, 0xA0, 0x80], [0x61, 0xE2, 0x82]];

    [Fact]
    public async Task ValidatePayloadFormat_NotUtf8_IsRefusedWithItsReason()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:ValidatePayloadFormat=true");
        foreach (var payload in NotUtf8)
            await ExpectRefusedAsync(broker, payload);
    }

    [Fact]
    public async Task ValidatePayloadFormat_WillNotUtf8_IsRefusedAtConnect()
    {
        await using var broker = await OwnBroker.StartAsync("Broker:Limits:ValidatePayloadFormat=true");
        Assert.Equal(Reason.PayloadFormatInvalid, await ConnectAsync(broker, [0xFF], IsUtf8));
        Assert.Equal(Reason.Success, await ConnectAsync(broker, [0xFF]));
        Assert.Equal(Reason.Success, await ConnectAsync(broker, [0x61], IsUtf8));
    }

    [Fact]
    public async Task ValidatePayloadFormat_NotAsked_PassesWhatComes()
    {
        await using var broker = await OwnBroker.StartAsync();
        Assert.Equal(Reason.Success, await ConnectAsync(broker, [0xFF], IsUtf8));
        await using var client = await broker.ConnectAsync(MqttVersion.V50);
        await client.SubscribeAsync("t", 1);
        for (var qos = 0; qos <= 1; qos++)
        {
            await client.PublishAsync("t", [0xFF], qos, retain: false, IsUtf8);
            Assert.Equal([0xFF], (await client.ReceiveAsync()).Payload);
        }
    }

    private static async Task ExpectRefusedAsync(OwnBroker broker, byte[] payload)
    {
        await using var subscriber = await broker.ConnectAsync(MqttVersion.V50);
        await subscriber.SubscribeAsync("#", 2);
        await using var publisher = await broker.ConnectAsync(MqttVersion.V50);
        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, "t", payload, 1, 1, properties: IsUtf8));
        Assert.Equal(Reason.PayloadFormatInvalid, (await publisher.ExpectAckAsync(PacketType.PubAck, 1)).ReasonCode);
        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, "t", payload, 2, 2, properties: IsUtf8));
        Assert.Equal(Reason.PayloadFormatInvalid, (await publisher.ExpectAckAsync(PacketType.PubRec, 2)).ReasonCode);

        // Both identifiers are free again, other indicators and text with U+0000 pass.
        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, "t", payload, 1, 1, properties: Property.Byte(PropertyId.PayloadFormatIndicator, 0)));
        Assert.Equal(Reason.Success, (await publisher.ExpectAckAsync(PacketType.PubAck, 1)).ReasonCode);
        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, "t", [0xC3, 0xA4, 0x00], 1, 2, properties: IsUtf8));
        Assert.Equal(Reason.Success, (await publisher.ExpectAckAsync(PacketType.PubAck, 2)).ReasonCode);
        Assert.Equal(payload, (await subscriber.ReceiveAsync()).Payload);
        Assert.Equal([0xC3, 0xA4, 0x00], (await subscriber.ReceiveAsync()).Payload);

        await publisher.SendAsync(Packet.Publish(MqttVersion.V50, "t", payload, properties: IsUtf8));
        await publisher.ExpectDisconnectAsync(Reason.PayloadFormatInvalid);
        await subscriber.ExpectNothingAsync();
    }

    private static async Task<byte> ConnectAsync(OwnBroker broker, byte[] payload, params IReadOnlyList<byte[]> properties)
    {
        await using var client = await RawClient.OpenAsync(broker.Endpoint, MqttVersion.V50);
        var request = new ConnectRequest(MqttVersion.V50, Unique.ClientId()) { Will = new WillRequest("will", payload) { Properties = properties } };
        await client.SendAsync(request.ToBytes());
        return (await client.ExpectAsync(PacketType.ConnAck)).ToConnAck(MqttVersion.V50).ReasonCode;
    }
}
