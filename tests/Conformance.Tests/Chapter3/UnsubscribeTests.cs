using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.10, UNSUBSCRIBE, and 3.11, its UNSUBACK.</summary>
public sealed class UnsubscribeTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.10.4-1")]
    [Spec("MQTT5-3.10.4-4")]
    [Spec("MQTT5-3.10.4-5")]
    [Spec("MQTT5-3.11.3-1")]
    [Spec("MQTT311-3.10.4-1")]
    [Spec("MQTT311-3.10.4-5")]
    [Spec("MQTT5-3.10.4-6")]
    [Spec("MQTT311-3.10.4-4")]
    [Spec("MQTT311-3.10.4-6")]
    public async Task Unsubscribe_SomeAndUnknown_IsAnsweredAndStops(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(version);
        await client.SubscribeAsync($"{topic}/a", 1);
        await client.SubscribeAsync($"{topic}/+", 1);
        await client.SubscribeAsync($"{topic}/b/#", 1);
        var answer = await client.UnsubscribeAsync($"{topic}/a", $"{topic}/unknown", $"{topic}/+");
        byte[] expected = version == MqttVersion.V50 ? [Reason.Success, Reason.NoSubscriptionExisted, Reason.Success] : [];
        Assert.Equal(expected, answer.ReasonCodes);
        await client.PublishAsync($"{topic}/a", "no more", qos: 1);
        await client.PublishAsync($"{topic}/b/c", "still", qos: 1);
        Assert.Equal("still", (await client.ReceiveAsync()).Text);
    }

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-3.10.3-2")]
    [Spec("MQTT311-3.10.3-2")]
    public Task Filters_None_Close(MqttVersion version) =>
        broker.ExpectRefusalAsync(version, Packet.Unsubscribe(version, 1), BadInput.Protocol);

    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.13.1-1")]
    [Spec("MQTT311-4.8.0-1")]
    public async Task Unsubscribe_CutAnywhere_Closes(MqttVersion version)
    {
        var begin = new ByteBuilder().UInt16(1).Raw(BadInput.NoProperties(version)).ToArray();
        byte[][] cut =
        [
            [0xA2, 0x00],
            [0xA2, 0x01, 0x00],
            new ByteBuilder().Raw(begin).Byte(0).ToPacket(0xA2),
            new ByteBuilder().Raw(begin).Utf8("a").UInt16(2).Byte('b').ToPacket(0xA2),
        ];
        foreach (var packet in cut)
            await broker.ExpectRefusalAsync(version, packet, BadInput.Malformed);
    }
}
