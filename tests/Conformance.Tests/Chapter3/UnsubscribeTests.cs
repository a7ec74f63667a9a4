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
}
