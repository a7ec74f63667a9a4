using System.Buffers;
using MQTTnet;
using MQTTnet.Protocol;
using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

/// <summary>MQTTnet over WebSocket, the client of .NET below it.</summary>
public sealed class MqttNetWebSocketTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    public static TheoryData<MqttVersion> Versions => [MqttVersion.V31, MqttVersion.V311, MqttVersion.V50];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Publish_EveryQoS_ReachesTheSubscriber(MqttVersion version)
    {
        await using var client = await MqttNetClient.ConnectAsync(broker.WebSocket, version);
        for (var granted = 0; granted <= 2; granted++)
        {
            var topic = Unique.Topic();
            await client.SubscribeAsync(topic, granted);
            for (var qos = 0; qos <= 2; qos++)
            {
                await client.PublishAsync(topic, $"{qos}", qos);
                var message = await client.ReceiveAsync();
                Assert.Equal(topic, message.Topic);
                Assert.Equal(Math.Min(qos, granted), (int)message.QualityOfServiceLevel);
                Assert.Equal((byte)('0' + qos), message.Payload.FirstSpan[0]);
            }
        }

        await client.DisconnectAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Payload_OfOneMebibyte_PassesUnaltered(MqttVersion version)
    {
        var (topic, payload) = (Unique.Topic(), new byte[1024 * 1024]);
        new Random(1).NextBytes(payload);
        await using var client = await MqttNetClient.ConnectAsync(broker.WebSocket, version);
        await client.SubscribeAsync(topic, 2);
        for (var qos = 0; qos <= 2; qos++)
        {
            await client.PublishAsync(new MqttApplicationMessageBuilder()
                .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel((MqttQualityOfServiceLevel)qos).Build());
            var received = (await client.ReceiveAsync()).Payload.ToArray();
            Assert.True(payload.AsSpan().SequenceEqual(received));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Will_OverBothTransports_ReachesTheOther(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await MqttNetClient.ConnectAsync(broker.Tcp, version);
        await subscriber.SubscribeAsync(topic, 1);
        var clean = await MqttNetClient.ConnectAsync(broker.WebSocket, version, options => options.WithWillTopic(topic).WithWillPayload("clean"));
        await clean.DisconnectAsync();
        var lost = await MqttNetClient.ConnectAsync(broker.WebSocket, version, options => options.WithWillTopic(topic).WithWillPayload("lost"));
        await lost.DisposeAsync();
        Assert.Equal("lost", await subscriber.ReceiveTextAsync());
    }
}
