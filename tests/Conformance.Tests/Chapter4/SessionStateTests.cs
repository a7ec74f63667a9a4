using OrleansBroker.TestKit;

namespace OrleansBroker.Conformance.Tests.Chapter4;

/// <summary>MQTT section 4.1: what a session keeps.</summary>
public sealed class SessionStateTests(BrokerFixture broker)
{
    [Fact]
    public async Task SessionExpiryInterval_OfAnOpenConnection_DoesNotRun()
    {
        var request = ConnectRequest.Persistent(MqttVersion.V50, Unique.ClientId(), expirySeconds: 1);
        var topic = Unique.Topic();
        await using var client = await broker.ConnectAsync(request);
        await client.SubscribeAsync(topic, 1);
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        await client.PublishAsync(topic, "still there");
        Assert.Equal("still there", (await client.ReceiveAsync()).Text);
    }

    [Theory]
    [InlineData(MqttVersion.V311, MqttVersion.V50)]
    [InlineData(MqttVersion.V50, MqttVersion.V311)]
    public async Task Session_ResumedInAnotherVersion_IsTheSame(MqttVersion firstVersion, MqttVersion secondVersion)
    {
        var topic = Unique.Topic();
        var clientId = Unique.ClientId();
        await using (var first = await broker.ConnectAsync(ConnectRequest.Persistent(firstVersion, clientId)))
        {
            await first.SubscribeAsync(topic, 1);
            await first.DisconnectAsync();
        }

        var (second, connAck) = await RawClient.ConnectWithAckAsync(broker.Tcp, ConnectRequest.Persistent(secondVersion, clientId));
        await using (second)
        {
            Assert.True(connAck.SessionPresent);
            await second.PublishAsync(topic, "same");
            Assert.Equal("same", (await second.ReceiveAsync()).Text);
        }
    }
}
