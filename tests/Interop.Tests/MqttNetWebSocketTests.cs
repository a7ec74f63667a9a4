using OrleansBroker.TestKit;

namespace OrleansBroker.Interop.Tests;

public sealed class MqttNetWebSocketTests(BrokerFixture broker) : MqttNetTests(broker.WebSocket), IClassFixture<BrokerFixture>
{
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Will_OverWebSocket_ReachesWhoIsOnTcp(MqttVersion version)
    {
        var topic = Unique.Topic();
        await using var subscriber = await MqttNetClient.ConnectAsync(broker.Tcp, version);
        await subscriber.SubscribeAsync(topic, 1);
        var lost = await MqttNetClient.ConnectAsync(broker.WebSocket, version, options => options.WithWillTopic(topic).WithWillPayload("lost"));
        await lost.DisposeAsync();
        Assert.Equal("lost", await subscriber.ReceiveTextAsync());
    }
}
