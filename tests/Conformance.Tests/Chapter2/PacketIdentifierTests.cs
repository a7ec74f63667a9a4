using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter2;

/// <summary>MQTT5 section 2.2.1, MQTT311 section 2.3.1: packet identifiers.</summary>
public sealed class PacketIdentifierTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.All), MemberType = typeof(Versions))]
    [Spec("MQTT5-2.2.1-4")]
    [Spec("MQTT311-2.3.1-1")]
    public async Task PacketIdentifier_OfEveryDelivery_IsUnusedAndNotZero(MqttVersion version)
    {
        const int Count = 20;
        var topic = Unique.Topic();
        await using var subscriber = await broker.ConnectAsync(version);
        await subscriber.SubscribeAsync(topic, 1);
        await using var publisher = await broker.ConnectAsync(version);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", qos: 1);
        var identifiers = new HashSet<int>();
        for (var i = 0; i < Count; i++)
            Assert.True(identifiers.Add((await subscriber.ExpectPublishAsync()).PacketIdentifier));
        await subscriber.ExpectNothingAsync();
    }
}
