using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT section 4.5: what a session receives.</summary>
public sealed class ReceiptTests(BrokerFixture broker)
{
    [Theory]
    [MemberData(nameof(Versions.PairsAndQoS), MemberType = typeof(Versions))]
    [Spec("MQTT5-4.5.0-1")]
    [Spec("MQTT311-3.1.2-5")]
    [Spec("MQTT311-4.5.0-1")]
    public async Task Session_Away_GetsWhatCameMeanwhileInOrder(MqttVersion publisherVersion, MqttVersion version, int qos)
    {
        const int Count = 30;
        var topic = Unique.Topic();
        var request = ConnectRequest.Persistent(version, Unique.ClientId());
        await broker.SubscribeAndLeaveAsync(request, topic, qos);

        await using var publisher = await broker.ConnectAsync(publisherVersion);
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync(topic, $"{i}", qos);
        await publisher.PingAsync();

        await using var second = await broker.ConnectAsync(request);
        if (qos > 0)
        {
            for (var i = 0; i < Count; i++)
            {
                var message = await second.ReceiveAsync();
                Assert.Equal($"{i}", message.Text);
                Assert.False(message.Dup);
            }
        }

        // At QoS 0 a broker may keep messages for the absent or not; what comes later comes in any case.
        await publisher.PublishAsync(topic, "last", qos);
        PublishFrame last;
        do
            last = await second.ReceiveAsync();
        while (qos == 0 && last.Text != "last");
        Assert.Equal("last", last.Text);
    }
}
