using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter3;

/// <summary>MQTT section 3.3, PUBLISH: its flags, topic name and payload.</summary>
public sealed class PublishTests(BrokerFixture broker)
{
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
    [Spec("MQTT5-3.3.1-3")]
    [Spec("MQTT311-3.3.1-3")]
    public async Task Dup_OfThePublisher_IsNotPassedOn(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, 1);
        await using var publisher = await broker.ConnectAsync(version);
        await publisher.SendAsync(Packet.Publish(version, topic, [1], qos: 1, packetIdentifier: 9, dup: true));
        await publisher.ExpectAckAsync(PacketType.PubAck, 9);
        Assert.False((await subscriber.ReceiveAsync()).Dup);
    }
}
